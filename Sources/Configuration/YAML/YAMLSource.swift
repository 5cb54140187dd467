/// The bytes of a configuration file, checked for what libyaml would misreport or accept: their number, their
/// encoding, and bytes that no text has.
enum YAMLSource {
    /// Room for 100,000 API keys given by digest.
    static let maxBytes = 16 << 20

    /// The bytes without a leading byte order mark, or the first fault.
    static func check(_ bytes: [UInt8], _ problems: ProblemList) -> ArraySlice<UInt8>? {
        guard bytes.count <= maxBytes else {
            problems.error(.none, "the file is larger than \(maxBytes) bytes")
            return nil
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            problems.error(SourcePosition(line: 1, column: 1), "the file is UTF-16; save it as UTF-8")
            return nil
        }
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        if let control = text.firstIndex(where: isForbidden) {
            problems.error(position(of: control, in: text), "a control character; the file is not text")
            return nil
        }
        if let fault = firstInvalidUTF8(text) {
            problems.error(position(of: fault, in: text), "a byte that is not UTF-8; save the file as UTF-8")
            return nil
        }
        return text
    }

    /// Line and column of the byte at `index`, counting characters as libyaml's marks do.
    static func position(of index: Int, in text: ArraySlice<UInt8>) -> SourcePosition {
        var position = SourcePosition(line: 1, column: 1)
        for byte in text[..<min(index, text.endIndex)] {
            if byte == 0x0A {
                position.line += 1
                position.column = 1
            } else if byte & 0xC0 != 0x80 {
                position.column += 1
            }
        }
        return position
    }

    private static func isForbidden(_ byte: UInt8) -> Bool {
        (byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D) || byte == 0x7F
    }

    private static func firstInvalidUTF8(_ text: ArraySlice<UInt8>) -> Int? {
        text.withUnsafeBufferPointer { buffer in
            do throws(UTF8.ValidationError) {
                _ = try UTF8Span(validating: buffer.span)
                return nil
            } catch {
                return text.startIndex + error.byteOffsets.lowerBound
            }
        }
    }
}
