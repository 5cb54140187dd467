import Bytes

// The header fields (RFC 9112 section 5): field-name ":" OWS field-value OWS CRLF, and the empty line after the last.

extension HeadParser {
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
        if let cause = take(bytes, &head) { return .refused(cause) }
        return enter(.fieldName, at: position &+ 2)
    }

    /// Files the field whose name is `mark..<nameEnd` and whose value ends before `position`.
    private mutating func take(_ bytes: borrowing Span<UInt8>, _ head: inout RequestHead) -> WireRefusal? {
        guard head.fields.count < bounds.fields else { return .tooManyFields }
        let token = HeaderToken(bytes.extracting(mark..<nameEnd))
        // A name that is one of ours is a token; only a stranger's bytes need looking at.
        if token == .other {
            for index in mark..<nameEnd where !Octets.isToken(bytes[index]) { return .malformedFieldName }
        }
        let value = Self.trimmed(bytes, nameEnd &+ 1, position)
        head.append(HeaderField(name: ByteRange(mark..<nameEnd), value: value, token: token))
        return rules.take(token, bytes, value, padded: nameEnd &+ 1..<position, minorVersion: head.minorVersion)
    }

    /// `start..<end` without the spaces and tabs at its ends.
    private static func trimmed(_ bytes: borrowing Span<UInt8>, _ start: Int, _ end: Int) -> ByteRange {
        var start = start
        var end = end
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
