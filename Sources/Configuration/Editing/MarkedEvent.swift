import CLibYAML

/// One of libyaml's events with all that an edit must know of it: where it stands, how it is written, and the names
/// that anchors and tags give it. Reading a configuration needs little of this.
struct MarkedEvent {
    enum Kind {
        case streamEnd, documentStart, scalar, alias, sequenceStart, sequenceEnd, mappingStart, mappingEnd
        case other
    }

    /// How a value is written; collections are `block` or `flow`.
    enum Style: Equatable {
        case plain, singleQuoted, doubleQuoted, blockScalar, block, flow
    }

    var kind: Kind
    /// In characters from the start of the text, as libyaml counts them.
    var characters: Range<Int>
    /// Of a scalar.
    var text = ""
    var style = Style.plain
    /// Of an alias, the name it refers to.
    var anchor: String?
    var tag: String?
}

extension YAMLEvents {
    func nextMarked() throws(Fault) -> MarkedEvent {
        var raw = yaml_event_t()
        guard yaml_parser_parse(parser, &raw) == 1 else { throw fault() }
        defer { yaml_event_delete(&raw) }
        let start = Int(raw.start_mark.index)
        var event = MarkedEvent(kind: .other, characters: start..<max(start, Int(raw.end_mark.index)))
        switch raw.type {
        case YAML_STREAM_END_EVENT: event.kind = .streamEnd
        case YAML_DOCUMENT_START_EVENT: event.kind = .documentStart
        case YAML_SEQUENCE_END_EVENT: event.kind = .sequenceEnd
        case YAML_MAPPING_END_EVENT: event.kind = .mappingEnd
        case YAML_ALIAS_EVENT:
            event.kind = .alias
            event.anchor = Self.name(raw.data.alias.anchor)
        case YAML_SCALAR_EVENT: Self.fill(&event, raw.data.scalar)
        case YAML_SEQUENCE_START_EVENT:
            let data = raw.data.sequence_start
            event.kind = .sequenceStart
            event.style = data.style == YAML_FLOW_SEQUENCE_STYLE ? .flow : .block
            (event.anchor, event.tag) = (Self.name(data.anchor), Self.name(data.tag))
        case YAML_MAPPING_START_EVENT:
            let data = raw.data.mapping_start
            event.kind = .mappingStart
            event.style = data.style == YAML_FLOW_MAPPING_STYLE ? .flow : .block
            (event.anchor, event.tag) = (Self.name(data.anchor), Self.name(data.tag))
        default: break
        }
        return event
    }

    private static func fill(
        _ event: inout MarkedEvent, _ data: yaml_event_s.__Unnamed_union_data.__Unnamed_struct_scalar
    ) {
        event.kind = .scalar
        event.text = String(decoding: UnsafeBufferPointer(start: data.value, count: data.length), as: UTF8.self)
        (event.anchor, event.tag) = (name(data.anchor), name(data.tag))
        switch data.style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: event.style = .singleQuoted
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: event.style = .doubleQuoted
        case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: event.style = .blockScalar
        default: event.style = .plain
        }
    }
}
