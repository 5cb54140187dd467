// Strings (RFC 8259 section 7) and numbers (section 6).

extension JSONParser {
    /// The string whose opening quote is at `position`, which ends past the closing one.
    static func string(_ bytes: borrowing Span<UInt8>, _ position: inout Int) throws(JSONFault) -> String {
        let start = position + 1
        var end = start
        var seen: UInt8 = 0
        // What is plain goes by eight at a time.
        while end &+ 8 <= bytes.count {
            let word = ByteWord(bytes.bytes, at: end)
            let plain = word.marks(in: 0x20...0x7F) & ~word.marks(equalTo: 0x22) & ~word.marks(equalTo: 0x5C)
            guard plain == ByteWord.all else { break }
            end &+= 8
        }
        while end < bytes.count {
            let byte = bytes[end]
            if byte == 0x22 {
                position = end + 1
                return try text(bytes.extracting(start..<end), at: start, isASCII: seen < 0x80)
            }
            if byte == 0x5C { return try escapedString(bytes, &position, firstEscape: end) }
            guard byte >= 0x20 else { throw JSONFault(.controlByte, at: end) }
            seen |= byte
            end &+= 1
        }
        throw JSONFault(.unexpectedEnd, at: end)
    }

    /// - Parameter isASCII: known to be, which spares the generic validation: it costs as much as the rest of a string.
    private static func text(
        _ bytes: borrowing Span<UInt8>, at offset: Int, isASCII: Bool = false
    ) throws(JSONFault) -> String {
        if isASCII { return bytes.text() }
        guard let text = bytes.withUnsafeBufferPointer({ String(validating: $0, as: UTF8.self) }) else {
            throw JSONFault(.badUTF8, at: offset)
        }
        return text
    }

    /// The slow path: a string with at least one escape is put together byte by byte.
    private static func escapedString(
        _ bytes: borrowing Span<UInt8>, _ position: inout Int, firstEscape: Int
    ) throws(JSONFault) -> String {
        let start = position + 1
        var content = bytes.extracting(start..<firstEscape).copy()
        var next = firstEscape
        while next < bytes.count {
            let byte = bytes[next]
            if byte == 0x22 {
                position = next + 1
                return try text(content.span, at: start)
            }
            guard byte >= 0x20 else { throw JSONFault(.controlByte, at: next) }
            if byte == 0x5C {
                try escape(bytes, &next, into: &content)
            } else {
                content.append(byte)
                next += 1
            }
        }
        throw JSONFault(.unexpectedEnd, at: next)
    }

    /// One escape, whose backslash is at `position`.
    private static func escape(
        _ bytes: borrowing Span<UInt8>, _ position: inout Int, into content: inout [UInt8]
    ) throws(JSONFault) {
        guard position + 1 < bytes.count else { throw JSONFault(.unexpectedEnd, at: bytes.count) }
        switch bytes[position + 1] {
        case 0x22, 0x5C, 0x2F: content.append(bytes[position + 1])
        case 0x62: content.append(0x08)
        case 0x66: content.append(0x0C)
        case 0x6E: content.append(0x0A)
        case 0x72: content.append(0x0D)
        case 0x74: content.append(0x09)
        case 0x75: return try unicodeEscape(bytes, &position, into: &content)
        default: throw JSONFault(.badEscape, at: position)
        }
        position += 2
    }

    /// `\uXXXX`, or the two of them that spell one scalar beyond the basic plane.
    private static func unicodeEscape(
        _ bytes: borrowing Span<UInt8>, _ position: inout Int, into content: inout [UInt8]
    ) throws(JSONFault) {
        let start = position
        var value = try codeUnit(bytes, &position)
        if 0xD800...0xDBFF ~= value {
            guard position + 1 < bytes.count, bytes[position] == 0x5C, bytes[position + 1] == 0x75 else {
                throw JSONFault(.loneSurrogate, at: start)
            }
            let low = try codeUnit(bytes, &position)
            guard 0xDC00...0xDFFF ~= low else { throw JSONFault(.loneSurrogate, at: start) }
            value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw JSONFault(.loneSurrogate, at: start) }
        content.append(contentsOf: UTF8.encode(scalar).map { [UInt8]($0) } ?? [])
    }

    /// The four hexadecimal digits after the `\u` at `position`.
    private static func codeUnit(_ bytes: borrowing Span<UInt8>, _ position: inout Int) throws(JSONFault) -> UInt32 {
        guard position + 6 <= bytes.count else { throw JSONFault(.badEscape, at: position) }
        var value: UInt32 = 0
        for index in position + 2..<position + 6 {
            guard let digit = ASCII.hexValue(bytes[index]) else { throw JSONFault(.badEscape, at: position) }
            value = value << 4 | UInt32(digit)
        }
        position += 6
        return value
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`, kept as it is spelled.
    static func number(_ bytes: borrowing Span<UInt8>, _ position: inout Int) throws(JSONFault) -> JSONNumber {
        let start = position
        if bytes[position] == 0x2D { position += 1 }
        let leading = position
        guard digits(bytes, &position) > 0 else { throw JSONFault(.badNumber, at: start) }
        if bytes[leading] == 0x30, position > leading + 1 { throw JSONFault(.badNumber, at: start) }
        if position < bytes.count, bytes[position] == 0x2E {
            position += 1
            guard digits(bytes, &position) > 0 else { throw JSONFault(.badNumber, at: start) }
        }
        if position < bytes.count, bytes[position] | 0x20 == 0x65 {
            position += 1
            if position < bytes.count, bytes[position] == 0x2B || bytes[position] == 0x2D { position += 1 }
            guard digits(bytes, &position) > 0 else { throw JSONFault(.badNumber, at: start) }
        }
        return JSONNumber(checked: bytes.extracting(start..<position).text())
    }

    private static func digits(_ bytes: borrowing Span<UInt8>, _ position: inout Int) -> Int {
        let start = position
        while position < bytes.count, ASCII.isDigit(bytes[position]) { position &+= 1 }
        return position - start
    }
}
