import Bytes

// The header fields (RFC 9112 section 5): field-name ":" OWS field-value OWS CRLF, and the empty line after the last.

extension HeadParser {
    /// Files the lines that are whole, without a stop between their parts; what is not a whole plain field is left to
    /// the stages, whose verdict it then is. A line that is cut short is looked at twice, once here, and never more.
    mutating func wholeFields(_ bytes: borrowing Span<UInt8>, _ end: Int, _ head: inout RequestHead) -> Step {
        var start = position
        while true {
            let colon = Octets.endOfName(bytes, from: start, to: end)
            guard colon < end, bytes[colon] == 0x3A, colon > start else { break }
            let stop = Octets.endOfValue(bytes, from: colon &+ 1, to: end)
            guard stop &+ 1 < end, bytes[stop] == 0x0D, bytes[stop &+ 1] == 0x0A else { break }
            if let cause = take(bytes, start, colon, stop, &head) { return .refused(cause) }
            start = stop &+ 2
        }
        mark = start
        position = start
        return fieldName(bytes, end, &head)
    }

    mutating func fieldName(_ bytes: borrowing Span<UInt8>, _ end: Int, _ head: inout RequestHead) -> Step {
        position = Octets.endOfName(bytes, from: position, to: end)
        guard position < end else { return .more }
        let stop = bytes[position]
        guard stop == 0x3A else { return lineWithoutColon(bytes, end, stop, &head) }
        guard position > mark else { return .refused(.emptyFieldName) }
        nameEnd = position
        position &+= 1
        stage = .fieldValue
        return .onward
    }

    /// A line whose name met something else than its colon: the end of the head, or a fault.
    private mutating func lineWithoutColon(
        _ bytes: borrowing Span<UInt8>, _ end: Int, _ stop: UInt8, _ head: inout RequestHead
    ) -> Step {
        let isAtLineStart = position == mark
        switch stop {
        case 0x20, 0x09: return .refused(isAtLineStart ? .obsoleteFolding : .spaceBeforeColon)
        case 0x0D:
            guard let ends = endsLine(bytes, end) else { return .more }
            guard ends else { return .refused(.bareCarriageReturn) }
            return isAtLineStart ? finish(bytes, &head) : .refused(.missingColon)
        default: return .refused(Self.fault(stop, otherwise: .malformedFieldName))
        }
    }

    mutating func fieldValue(_ bytes: borrowing Span<UInt8>, _ end: Int, _ head: inout RequestHead) -> Step {
        position = Octets.endOfValue(bytes, from: position, to: end)
        guard position < end else { return .more }
        guard bytes[position] == 0x0D else {
            return .refused(Self.fault(bytes[position], otherwise: .controlByte))
        }
        guard let ends = endsLine(bytes, end) else { return .more }
        guard ends else { return .refused(.bareCarriageReturn) }
        if let cause = take(bytes, mark, nameEnd, position, &head) { return .refused(cause) }
        return enter(.fieldName, at: position &+ 2)
    }

    /// Files the field whose name is `start..<colon` and whose value ends before `stop`.
    @inline(__always)
    private mutating func take(
        _ bytes: borrowing Span<UInt8>, _ start: Int, _ colon: Int, _ stop: Int, _ head: inout RequestHead
    ) -> WireRefusal? {
        guard head.fields.count < bounds.fields else { return .tooManyFields }
        let token = HeaderToken(bytes.extracting(start..<colon))
        // A name that is one of ours is a token; only a stranger's bytes need looking at.
        if token == .other {
            for index in start..<colon where !Octets.isToken(bytes[index]) { return .malformedFieldName }
        }
        let value = Self.trimmed(bytes, colon &+ 1, stop)
        head.append(HeaderField(name: ByteRange(start: start, count: colon &- start), value: value, token: token))
        // Few fields have rules of their own.
        guard token.bit & FieldRules.tokens != 0 else { return nil }
        return rules.take(token, bytes, value, padded: colon &+ 1..<stop, minorVersion: head.minorVersion)
    }

    /// `start..<end` without the spaces and tabs at its ends.
    @inline(__always)
    private static func trimmed(_ bytes: borrowing Span<UInt8>, _ start: Int, _ end: Int) -> ByteRange {
        var start = start
        var end = end
        // What nearly everybody sends.
        if start &+ 1 < end, bytes[start] == 0x20, bytes[start &+ 1] > 0x20, bytes[end &- 1] > 0x20 {
            return ByteRange(start: start &+ 1, count: end &- start &- 1)
        }
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start &+= 1 }
        while end > start, bytes[end &- 1] == 0x20 || bytes[end &- 1] == 0x09 { end &-= 1 }
        return ByteRange(start..<end)
    }

    private mutating func finish(_ bytes: borrowing Span<UInt8>, _ head: inout RequestHead) -> Step {
        head.byteCount = position &+ 2
        if let cause = rules.conclude(bytes, &head) { return .refused(cause) }
        return .finished
    }
}
