import CLibYAML

/// Reads one YAML document into nodes, from libyaml's events.
///
/// A configuration needs a small part of YAML. What makes one text mean another is refused with its place: tags,
/// further documents, doubled keys. Aliases and merge keys are written out here, within bounds, so that nobody else
/// meets them. Nothing is interpreted.
struct YAMLReader {
    static let maxDepth = 32
    /// Mappings, lists and scalars together; 100,000 keys of six fields each are 1,400,000.
    static let maxNodes = 2_000_000

    /// Stops the reading; it has been reported.
    private struct Stop: Error {}

    private let problems: ProblemList
    private let text: ArraySlice<UInt8>
    private var events: YAMLEvents
    private var nodes = 0
    private var anchors = YAMLAnchors()

    /// The document's root, or nil where there is none or it cannot be read; everything wrong goes to `problems`.
    static func read(_ text: ArraySlice<UInt8>, _ problems: ProblemList) -> YAMLNode? {
        text.withUnsafeBufferPointer { buffer in
            let events = YAMLEvents(buffer)
            defer { events.close() }
            var reader = YAMLReader(problems: problems, text: text, events: events)
            return try? reader.document()
        }
    }

    private init(problems: ProblemList, text: ArraySlice<UInt8>, events: YAMLEvents) {
        self.problems = problems
        self.text = text
        self.events = events
    }

    private mutating func next() throws(Stop) -> YAMLEvents.Event {
        do {
            return try events.next()
        } catch {
            let place = error.offset.map { YAMLSource.position(of: text.startIndex + $0, in: text) } ?? error.position
            problems.error(place, YAMLAdvice.message(for: error, in: text))
            throw Stop()
        }
    }

    private mutating func document() throws(Stop) -> YAMLNode? {
        var root: YAMLNode?
        while true {
            let event = try next()
            switch event.kind {
            case .streamEnd: return root
            case .other: continue
            case .documentStart:
                if root != nil {
                    problems.error(event.position, "a second document; a configuration is one document, without `---`")
                    throw Stop()
                }
            default: root = try node(event, depth: 1)
            }
        }
    }

    private mutating func node(_ event: YAMLEvents.Event, depth: Int) throws(Stop) -> YAMLNode {
        nodes += 1
        if depth > Self.maxDepth || nodes > Self.maxNodes {
            let bound =
                depth > Self.maxDepth ? "deeper than \(Self.maxDepth) levels" : "more than \(Self.maxNodes) values"
            problems.error(event.position, bound)
            throw Stop()
        }
        if event.isTagged {
            problems.error(event.position, "tags (`!`) are not supported; quote the value if it starts with `!`")
        }
        if case .alias(let name) = event.kind { return try alias(name, at: event.position, depth: depth) }
        let isFirst = open(event)
        let node = try value(event, depth: depth)
        if let name = event.anchor, isFirst { anchors.close(name, node) }
        return node
    }

    private mutating func value(_ event: YAMLEvents.Event, depth: Int) throws(Stop) -> YAMLNode {
        switch event.kind {
        case .scalar(let text, let isPlain):
            return YAMLNode(content: .scalar(text, isPlain: isPlain), position: event.position)
        case .sequenceStart: return try sequence(at: event.position, depth: depth)
        case .mappingStart: return try mapping(at: event.position, depth: depth)
        default: return YAMLNode(content: .refused, position: event.position)
        }
    }

    /// - Returns: whether the value's anchor is new; a name that stands for two values is an error.
    private mutating func open(_ event: YAMLEvents.Event) -> Bool {
        guard let name = event.anchor else { return false }
        guard let line = anchors.open(name, at: event.position) else { return true }
        let shown = Echo.word(name).map { "anchor \($0)" } ?? "this anchor"
        problems.error(event.position, "\(shown) is here twice; the first is on line \(line)")
        return false
    }

    private mutating func alias(_ name: String, at position: SourcePosition, depth: Int) throws(Stop) -> YAMLNode {
        do throws(YAMLAnchors.Fault) {
            return try anchors.value(of: name, at: position, room: Self.maxDepth - depth + 1)
        } catch {
            problems.error(position, error.words)
            if error.isFinal { throw Stop() }
            return YAMLNode(content: .refused, position: position)
        }
    }

    private mutating func sequence(at position: SourcePosition, depth: Int) throws(Stop) -> YAMLNode {
        var items: [YAMLNode] = []
        while true {
            let event = try next()
            if event.kind == .sequenceEnd { break }
            items.append(try node(event, depth: depth + 1))
        }
        return YAMLNode(content: .sequence(items), position: position)
    }

    private mutating func mapping(at position: SourcePosition, depth: Int) throws(Stop) -> YAMLNode {
        var entries: [YAMLEntry] = []
        var merged: [YAMLEntry] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try next()
            if event.kind == .mappingEnd { break }
            let key = try node(event, depth: depth + 1)
            let value = try node(try next(), depth: depth + 1)
            guard case .scalar(let name, let isPlain) = key.content else {
                if key.isRefused { continue }
                problems.error(key.position, "a key must be a single word, not \(key.kind)")
                continue
            }
            if let line = lines[name] {
                problems.error(key.position, "\(Echo.key(name)) is here twice; the first is on line \(line)")
                continue
            }
            lines[name] = key.position.line
            if isPlain, name == "<<" {
                merged = merge(value)
            } else {
                entries.append(YAMLEntry(key: name, keyPosition: key.position, value: value))
            }
        }
        merged.removeAll { lines[$0.key] != nil }
        return YAMLNode(content: .mapping(merged + entries), position: position)
    }

    /// The entries that `<<` brings into a mapping whose own keys win over them; of several mappings the earlier wins.
    private func merge(_ value: YAMLNode) -> [YAMLEntry] {
        let sources: [YAMLNode]
        if case .sequence(let items) = value.content { sources = items } else { sources = [value] }
        var names: Set<String> = []
        var merged: [YAMLEntry] = []
        for source in sources where !source.isRefused {
            guard case .mapping(let entries) = source.content else {
                problems.error(source.position, "`<<` takes a mapping or a list of mappings, not \(source.kind)")
                continue
            }
            for entry in entries where names.insert(entry.key).inserted { merged.append(entry) }
        }
        return merged
    }
}
