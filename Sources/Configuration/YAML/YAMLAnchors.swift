/// The values that have a name (`&name`), and what stands where they are used again (`*name`): a copy.
///
/// A few lines of aliases to aliases can stand for more values than there is memory ("billion laughs"), so all copies
/// together are bounded. A copy is a value like any other from here on.
struct YAMLAnchors {
    /// Values that all aliases of a file stand for, together. 1,000 routes that share a list of 20 are 21,000.
    static let maxExpanded = 100_000

    enum Fault: Error {
        /// No anchor of this name stands before the alias.
        case unknown(String)
        /// The alias is a part of the value it stands for.
        case endless
        case tooDeep, tooMany

        /// After these nothing more is read.
        var isFinal: Bool {
            switch self {
            case .unknown, .endless: false
            case .tooDeep, .tooMany: true
            }
        }

        var words: String {
            switch self {
            case .unknown(let name):
                let shown = Echo.word(name).map { "anchor \($0)" } ?? "anchor of this name"
                return "no \(shown) stands before this alias (`*`); quote a word that starts with `*`"
            case .endless: return "this alias (`*`) is a part of the value it stands for"
            case .tooDeep: return "deeper than \(YAMLReader.maxDepth) levels, what this alias (`*`) stands for counted"
            case .tooMany: return "the aliases (`*`) up to here stand for more than \(YAMLAnchors.maxExpanded) values"
            }
        }
    }

    private struct Anchor {
        let line: Int
        /// Nil until it has been read to its end.
        var node: YAMLNode?
    }

    private var anchors: [String: Anchor] = [:]
    private var expanded = 0

    /// To be followed by `close`, once the value has been read.
    ///
    /// - Returns: the line of another anchor with this name, which then stays; nil where there is none.
    mutating func open(_ name: String, at position: SourcePosition) -> Int? {
        if let first = anchors[name] { return first.line }
        anchors[name] = Anchor(line: position.line)
        return nil
    }

    mutating func close(_ name: String, _ node: YAMLNode) { anchors[name]?.node = node }

    /// The value as it is to stand at the alias. What is inside of it keeps the places where it is written.
    ///
    /// - Parameter room: the levels that it may have.
    mutating func value(of name: String, at position: SourcePosition, room: Int) throws(Fault) -> YAMLNode {
        guard let anchor = anchors[name] else { throw .unknown(name) }
        guard var node = anchor.node else { throw .endless }
        let size = Self.size(of: node)
        guard size.levels <= room else { throw .tooDeep }
        expanded += size.values
        guard expanded <= Self.maxExpanded else { throw .tooMany }
        node.position = position
        return node
    }

    /// No deeper than what has been read, and so safe to go down.
    private static func size(of node: YAMLNode) -> (values: Int, levels: Int) {
        var (values, levels) = (1, 0)
        func add(_ part: YAMLNode) {
            let size = size(of: part)
            values += size.values
            levels = max(levels, size.levels)
        }
        switch node.content {
        case .scalar, .refused: break
        case .sequence(let items): items.forEach(add)
        case .mapping(let entries):
            values += entries.count
            for entry in entries { add(entry.value) }
        }
        return (values, levels + 1)
    }
}
