/// Reads one YAML document into `MarkedNode`s. JSON is read too, as the YAML it is.
struct MarkedReader {
    private var events: YAMLEvents
    /// Where each character starts; one more entry for the end of the text.
    private let starts: [Int]
    private let text: ArraySlice<UInt8>
    private var nodes = 0

    /// The root of the only document; nil where the text holds none, as one of comments alone.
    ///
    /// - Parameter text: checked by `YAMLSource`; byte offsets in the result are indexes into it.
    static func read(_ text: ArraySlice<UInt8>) throws(EditFault) -> MarkedNode? {
        try text.withUnsafeBufferPointer { buffer throws(EditFault) -> MarkedNode? in
            let events = YAMLEvents(buffer)
            defer { events.close() }
            var reader = MarkedReader(events, text)
            return try reader.document()
        }
    }

    private init(_ events: YAMLEvents, _ text: ArraySlice<UInt8>) {
        self.events = events
        self.text = text
        starts = text.indices.filter { text[$0] & 0xC0 != 0x80 } + [text.endIndex]
    }

    private mutating func next() throws(EditFault) -> MarkedEvent {
        do {
            return try events.nextMarked()
        } catch {
            let place = error.offset.map { YAMLSource.position(of: text.startIndex + $0, in: text) } ?? error.position
            throw EditFault(place, YAMLAdvice.message(for: error, in: text))
        }
    }

    private mutating func document() throws(EditFault) -> MarkedNode? {
        var root: MarkedNode?
        while true {
            let event = try next()
            switch event.kind {
            case .streamEnd: return root
            case .other: continue
            case .documentStart:
                if root != nil {
                    throw EditFault(
                        YAMLSource.position(of: bytes(event).lowerBound, in: text),
                        "a second document; a file of several cannot be edited")
                }
            default: root = try node(event, depth: 1)
            }
        }
    }

    private func bytes(_ event: MarkedEvent) -> Range<Int> {
        let last = starts.count - 1
        return starts[min(event.characters.lowerBound, last)]..<starts[min(event.characters.upperBound, last)]
    }

    private mutating func node(_ event: MarkedEvent, depth: Int) throws(EditFault) -> MarkedNode {
        nodes += 1
        let range = bytes(event)
        if depth > YAMLReader.maxDepth || nodes > YAMLReader.maxNodes {
            throw EditFault(YAMLSource.position(of: range.lowerBound, in: text), "too deep or too large to be edited")
        }
        var node = MarkedNode(
            content: .scalar(event.text), style: event.style, bytes: range, anchor: event.anchor, tag: event.tag)
        switch event.kind {
        case .alias: node.content = .alias
        case .sequenceStart: try fillSequence(&node, depth)
        case .mappingStart: try fillMapping(&node, depth)
        default: break
        }
        return node
    }

    private mutating func fillSequence(_ node: inout MarkedNode, _ depth: Int) throws(EditFault) {
        var items: [MarkedNode] = []
        while true {
            let event = try next()
            if event.kind == .sequenceEnd {
                let end = node.style == .flow ? bytes(event).upperBound : items.last?.bytes.upperBound
                node.bytes = node.bytes.lowerBound..<max(node.bytes.upperBound, end ?? 0)
                node.content = .sequence(items)
                return
            }
            items.append(try self.node(event, depth: depth + 1))
        }
    }

    private mutating func fillMapping(_ node: inout MarkedNode, _ depth: Int) throws(EditFault) {
        var entries: [MarkedEntry] = []
        while true {
            let event = try next()
            if event.kind == .mappingEnd {
                let end = node.style == .flow ? bytes(event).upperBound : entries.last?.bytes.upperBound
                node.bytes = node.bytes.lowerBound..<max(node.bytes.upperBound, end ?? 0)
                node.content = .mapping(entries)
                return
            }
            let key = try self.node(event, depth: depth + 1)
            entries.append(MarkedEntry(key: key, value: try self.node(try next(), depth: depth + 1)))
        }
    }
}
