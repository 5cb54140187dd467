/// Writes a native configuration's nodes as YAML, with a comment behind each line that says where it came from.
///
/// Read again, the text gives the same nodes, places apart.
struct NativeText {
    /// A list's mapping of single values stays on its line up to this width, its comment not counted.
    private static let maxFlowColumns = 100
    /// Where comments start, on lines that are shorter.
    private static let commentColumn = 48

    /// What the comments call the file, or nil to write none.
    let origin: String?
    private var lines: [String] = []

    static func text(of root: YAMLNode, from origin: String?) -> String {
        var writer = NativeText(origin: origin)
        if case .mapping(let entries) = root.content {
            for entry in entries { writer.write(entry, indent: 0, lead: "") }
        }
        return writer.lines.map { $0 + "\n" }.joined()
    }

    private init(origin: String?) { self.origin = origin }

    /// - Parameter lead: what stands before the key instead of blanks: `- ` of a list's first line.
    private mutating func write(_ entry: YAMLEntry, indent: Int, lead: String) {
        let pad = lead.isEmpty ? String(repeating: " ", count: indent) : lead
        let key = EditValue.spelled(entry.key, isFlow: false, isJSON: false)
        switch entry.value.content {
        case .mapping(let entries) where !entries.isEmpty:
            put("\(pad)\(key):", entry.keyPosition)
            for entry in entries { write(entry, indent: indent + 2, lead: "") }
        case .sequence(let items) where items.contains(where: \.isMapping):
            put("\(pad)\(key):", entry.keyPosition)
            for item in items { write(item: item, indent: indent + 2) }
        default:
            let place = entry.value.position == .none ? entry.keyPosition : entry.value.position
            put("\(pad)\(key): \(Self.inline(entry.value))", place)
        }
    }

    private mutating func write(item: YAMLNode, indent: Int) {
        let pad = String(repeating: " ", count: indent)
        let flow = "\(pad)- \(Self.inline(item))"
        guard case .mapping(let entries) = item.content, !entries.isEmpty,
            flow.count > Self.maxFlowColumns || entries.contains(where: \.value.isNested)
        else { return put(flow, item.position) }
        for (index, entry) in entries.enumerated() {
            write(entry, indent: indent + 2, lead: index == 0 ? "\(pad)- " : "")
        }
    }

    private mutating func put(_ line: String, _ place: SourcePosition) {
        guard let origin, place != .none else { return lines.append(line) }
        let gap = String(repeating: " ", count: max(2, Self.commentColumn - line.count))
        lines.append("\(line)\(gap)# \(origin):\(place.line)")
    }

    private static func inline(_ node: YAMLNode) -> String {
        switch node.content {
        case .scalar(let text, _):
            return node.isNull ? "null" : isBare(text) ? text : EditValue.quoted(text)
        case .sequence(let items): return "[" + items.map(inline).joined(separator: ", ") + "]"
        case .mapping(let entries):
            let parts = entries.map { entry in
                "\(EditValue.spelled(entry.key, isFlow: true, isJSON: false)): \(inline(entry.value))"
            }
            return "{" + parts.joined(separator: ", ") + "}"
        case .refused: return "null"
        }
    }

    /// Text that every reader of YAML takes as it is, and numbers, `true` and `false`, where Postern reads only text.
    private static func isBare(_ text: String) -> Bool {
        if text == "true" || text == "false" { return true }
        if text.utf8.first.map({ $0 &- 0x30 < 10 }) == true {
            return text.utf8.allSatisfy { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || $0 == 0x2F }
        }
        return EditValue.spelled(text, isFlow: true, isJSON: false) == text
    }
}

extension YAMLNode {
    fileprivate var isMapping: Bool {
        if case .mapping = content { return true }
        return false
    }

    /// It holds a mapping, and is hard to read in one line.
    fileprivate var isNested: Bool {
        switch content {
        case .mapping(let entries): !entries.isEmpty
        case .sequence(let items): items.contains(where: \.isMapping)
        default: false
        }
    }
}
