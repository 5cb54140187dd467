/// A YAML or JSON text under edit. Each change is the smallest splice that makes it; every other byte stays, with
/// comments, quotes, order, line ends, a byte order mark and a missing last line break among them.
///
/// What cannot be changed so is refused with its place: aliases, values that aliases elsewhere refer to, doubled keys.
struct EditedText {
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private let hasMark: Bool
    /// Without the byte order mark.
    private(set) var lines: LineBreaks
    private(set) var root: MarkedNode?

    var text: [UInt8] { lines.text }
    /// What the file is to hold.
    var bytes: [UInt8] { hasMark ? Self.byteOrderMark + text : text }

    init(_ bytes: [UInt8]) throws(EditFault) {
        let problems = ProblemList(file: "")
        guard let text = YAMLSource.check(bytes, problems) else {
            let problem = problems.sorted().first
            throw EditFault(problem?.position ?? .none, problem?.message ?? "it cannot be read")
        }
        hasMark = text.startIndex > 0
        lines = LineBreaks(text: Array(text))
        root = try MarkedReader.read(lines.text[...])
    }

    /// The value at a path of keys; nil where there is none.
    func value(_ path: [String]) -> MarkedNode? {
        path.reduce(root) { $0?[$1] }
    }

    /// The keys are JSON's: a document of braces whose first key is in double quotes.
    var isJSON: Bool {
        guard let root, root.style == .flow else { return false }
        return root.entries.map { $0.first?.key.style ?? .doubleQuoted == .doubleQuoted } ?? false
    }

    func position(_ index: Int) -> SourcePosition { YAMLSource.position(of: index, in: text[...]) }

    func fault(_ node: MarkedNode, _ message: String) -> EditFault {
        EditFault(position(node.bytes.lowerBound), message)
    }

    /// Puts `splices`, which do not overlap, into the text, and reads what came of it.
    mutating func apply(_ splices: [(range: Range<Int>, bytes: [UInt8])]) throws(EditFault) {
        var text = lines.text
        for splice in splices.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
            text.replaceSubrange(splice.range, with: splice.bytes)
        }
        lines = LineBreaks(text: text)
        root = try MarkedReader.read(text[...])
    }

    /// Puts `value` where `path` leads, making the mappings on the way that are not there.
    mutating func set(_ path: [String], to value: EditValue) throws(EditFault) {
        guard var node = root else { return try startDocument(.nested(path[...], value), after: text.count) }
        if node.isNull, node.bytes.isEmpty {
            return try startDocument(.nested(path[...], value), after: node.bytes.upperBound)
        }
        var parent: (mapping: MarkedNode, entry: MarkedEntry)?
        for (depth, key) in path.enumerated() {
            try refuseShared(node)
            if let parent, node.isNull {
                return try replace(parent.entry, of: parent.mapping, with: .nested(path[depth...], value))
            }
            guard let entry = try entry(key, of: node, named: depth == 0 ? nil : path[depth - 1]) else {
                let new = EditValue.nested(path[(depth + 1)...], value)
                try refuseHidden(Array(path[...depth]), in: node, by: new)
                return try insert(key, new, into: node)
            }
            parent = (node, entry)
            node = entry.value
        }
        if let parent { try replace(parent.entry, of: parent.mapping, with: value) }
    }

    /// The entry of `key`, which must be there once at most, and written as `key: value`.
    func entry(_ key: String, of node: MarkedNode, named name: String?) throws(EditFault) -> MarkedEntry? {
        guard let entries = node.entries else {
            throw fault(node, "\(name.map { "`\($0)`" } ?? "the file") is no mapping of `key: value` lines")
        }
        let found = entries.filter { $0.key.text == key }
        if found.count > 1 { throw fault(found[1].key, "`\(key)` is here twice") }
        if let entry = found.first, colonEnd(of: entry) == nil {
            throw fault(entry.key, "`\(key)` is written in a form that cannot be edited; write it as `\(key): …`")
        }
        return found.first
    }

    /// Behind the `:` of an entry; nil where there is none, as in `? key`.
    func colonEnd(of entry: MarkedEntry) -> Int? {
        var index = entry.key.bytes.upperBound
        while index < text.count, text[index] == 0x20 || text[index] == 0x09 { index += 1 }
        guard index < text.count, text[index] == 0x3A else { return nil }
        return lines.isExplicitKey(at: entry.key.bytes.lowerBound) ? nil : index + 1
    }

    /// Whether both say the same but for one key of the root. What an edit must prove of itself.
    func says(theSameAs other: EditedText, except key: String) -> Bool {
        let mine = root?.entries?.filter { $0.key.text != key } ?? []
        let others = other.root?.entries?.filter { $0.key.text != key } ?? []
        return mine.count == others.count
            && zip(mine, others).allSatisfy {
                $0.key.says(theSameAs: $1.key) && $0.value.says(theSameAs: $1.value)
            }
    }

    /// An alias cannot be edited below, and what one refers to means the same thing in two places.
    func refuseShared(_ node: MarkedNode) throws(EditFault) {
        if node.isAlias { throw fault(node, "this is an alias (`*`); write the value out to have it edited") }
        try refuseUsedAnchors(of: node, within: node.anchor.map { [$0] } ?? [], outside: 0..<0)
    }

    /// Refuses to take away anchors that are referred to from outside of `range`.
    func refuseUsedAnchors(of node: MarkedNode, within anchors: Set<String>, outside range: Range<Int>)
        throws(EditFault)
    {
        guard !anchors.isEmpty else { return }
        var user: MarkedNode?
        root?.walk { other in
            guard user == nil, other.isAlias, let name = other.anchor, anchors.contains(name) else { return }
            if !range.contains(other.bytes.lowerBound) { user = other }
        }
        guard let user else { return }
        let line = position(user.bytes.lowerBound).line
        throw fault(node, "line \(line) refers to this by an alias (`*`), and would change with it")
    }

    /// The anchors a value holds.
    func anchors(in node: MarkedNode) -> Set<String> {
        var names: Set<String> = []
        node.walk { if !$0.isAlias, let anchor = $0.anchor { names.insert(anchor) } }
        return names
    }
}

extension LineBreaks {
    /// Whether `? ` stands before the key that starts here.
    func isExplicitKey(at index: Int) -> Bool {
        var before = index
        while before > 0, text[before - 1] == 0x20 || text[before - 1] == 0x09 { before -= 1 }
        return before > 0 && before < index && text[before - 1] == 0x3F
    }
}
