/// A YAML value and the bytes it stands in, so that it can be changed without touching its neighbours.
///
/// Unlike `YAMLNode` it keeps anchors, aliases and tags: a file may hold them in parts that are not edited.
struct MarkedNode {
    indirect enum Content {
        case scalar(String)
        /// The anchor's name is in `anchor`.
        case alias
        case sequence([MarkedNode])
        case mapping([MarkedEntry])
    }

    var content: Content
    var style: MarkedEvent.Style
    /// From the anchor or tag, if it has one, to the end of what it holds. Of a block collection that is the end of
    /// its last part: comments and blank lines behind it are nobody's. Empty where a key has no value.
    var bytes: Range<Int>
    /// Its own, or the one it refers to.
    var anchor: String?
    var tag: String?

    var entries: [MarkedEntry]? {
        guard case .mapping(let entries) = content else { return nil }
        return entries
    }

    var items: [MarkedNode]? {
        guard case .sequence(let items) = content else { return nil }
        return items
    }

    /// `key:` with nothing behind it, `~` or `null`.
    var isNull: Bool {
        guard case .scalar(let text) = content, style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The text of a scalar.
    var text: String? {
        guard case .scalar(let text) = content else { return nil }
        return text
    }

    var isAlias: Bool {
        if case .alias = content { return true }
        return false
    }

    /// The value of the key; of a doubled one the first.
    subscript(key: String) -> MarkedNode? { entries?.first { $0.key.text == key }?.value }

    /// Everything below and itself, in the order of the file.
    func walk(_ visit: (MarkedNode) -> Void) {
        visit(self)
        switch content {
        case .scalar, .alias: return
        case .sequence(let items): for item in items { item.walk(visit) }
        case .mapping(let entries):
            for entry in entries {
                entry.key.walk(visit)
                entry.value.walk(visit)
            }
        }
    }

    /// Whether both say the same in the same words; where they stand makes no difference.
    func says(theSameAs other: MarkedNode) -> Bool {
        guard style == other.style, anchor == other.anchor, tag == other.tag else { return false }
        switch (content, other.content) {
        case (.alias, .alias): return true
        case (.scalar(let left), .scalar(let right)): return Array(left.utf8) == Array(right.utf8)
        case (.sequence(let left), .sequence(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.says(theSameAs: $1) }
        case (.mapping(let left), .mapping(let right)):
            return left.count == right.count
                && zip(left, right).allSatisfy { $0.key.says(theSameAs: $1.key) && $0.value.says(theSameAs: $1.value) }
        default: return false
        }
    }
}

/// One `key: value` of a mapping.
struct MarkedEntry {
    var key: MarkedNode
    var value: MarkedNode

    var bytes: Range<Int> { key.bytes.lowerBound..<max(key.bytes.upperBound, value.bytes.upperBound) }
}
