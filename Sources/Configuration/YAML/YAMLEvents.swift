import CLibYAML

/// libyaml's parser over bytes that outlive it: the C face. It and `MarkedEvent` alone know libyaml's structs.
///
/// A handle: `close` must be called once, and the buffer must stay put until then.
struct YAMLEvents {
    struct Event {
        enum Kind: Equatable {
            case streamEnd, documentStart
            case alias(String)
            case scalar(String, isPlain: Bool)
            case sequenceStart, sequenceEnd, mappingStart, mappingEnd
            /// Stream start and document end, which tell a configuration nothing.
            case other
        }

        var kind: Kind
        var position: SourcePosition
        /// The name behind `&`.
        var anchor: String?
        var isTagged = false
    }

    /// libyaml's own words; they are constants, and never hold text of the file.
    struct Fault: Error {
        var position: SourcePosition
        /// Where the fault lies in the bytes, for those that have an offset and no mark: characters YAML forbids.
        var offset: Int?
        var context: String?
        var problem: String
    }

    let parser: UnsafeMutablePointer<yaml_parser_t>

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        parser = .allocate(capacity: 1)
        let made = yaml_parser_initialize(parser)
        precondition(made == 1, "libyaml is out of memory")
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        // An empty file has no address, and libyaml asserts that it gets one.
        let start = bytes.baseAddress ?? UnsafePointer(bitPattern: 1)!
        yaml_parser_set_input_string(parser, start, bytes.count)
    }

    func close() {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    func next() throws(Fault) -> Event {
        var raw = yaml_event_t()
        guard yaml_parser_parse(parser, &raw) == 1 else { throw fault() }
        defer { yaml_event_delete(&raw) }
        return Self.event(raw)
    }

    func fault() -> Fault {
        let mark = parser.pointee.problem_mark
        return Fault(
            position: Self.position(mark),
            offset: parser.pointee.error == YAML_READER_ERROR ? parser.pointee.problem_offset : nil,
            context: parser.pointee.context.map { String(cString: $0) },
            problem: parser.pointee.problem.map { String(cString: $0) } ?? "it cannot be read")
    }

    /// libyaml counts both from 0.
    private static func position(_ mark: yaml_mark_t) -> SourcePosition {
        SourcePosition(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }

    private static func event(_ raw: yaml_event_t) -> Event {
        let data = raw.data
        let position = position(raw.start_mark)
        switch raw.type {
        case YAML_STREAM_END_EVENT: return Event(kind: .streamEnd, position: position)
        case YAML_DOCUMENT_START_EVENT: return Event(kind: .documentStart, position: position)
        case YAML_ALIAS_EVENT: return Event(kind: .alias(name(data.alias.anchor) ?? ""), position: position)
        case YAML_SEQUENCE_END_EVENT: return Event(kind: .sequenceEnd, position: position)
        case YAML_MAPPING_END_EVENT: return Event(kind: .mappingEnd, position: position)
        case YAML_SCALAR_EVENT: return scalar(data.scalar, position)
        case YAML_SEQUENCE_START_EVENT:
            return Event(
                kind: .sequenceStart, position: position, anchor: name(data.sequence_start.anchor),
                isTagged: data.sequence_start.tag != nil)
        case YAML_MAPPING_START_EVENT:
            return Event(
                kind: .mappingStart, position: position, anchor: name(data.mapping_start.anchor),
                isTagged: data.mapping_start.tag != nil)
        default: return Event(kind: .other, position: position)
        }
    }

    private static func scalar(
        _ raw: yaml_event_s.__Unnamed_union_data.__Unnamed_struct_scalar, _ position: SourcePosition
    )
        -> Event
    {
        let text = String(decoding: UnsafeBufferPointer(start: raw.value, count: raw.length), as: UTF8.self)
        return Event(
            kind: .scalar(text, isPlain: raw.style == YAML_PLAIN_SCALAR_STYLE), position: position,
            anchor: name(raw.anchor), isTagged: raw.tag != nil)
    }

    static func name(_ bytes: UnsafeMutablePointer<UInt8>?) -> String? {
        bytes.map { String(decodingCString: $0, as: UTF8.self) }
    }
}
