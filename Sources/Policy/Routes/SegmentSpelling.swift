import Bytes

/// A literal segment of a pattern in the two spellings that `PathReadings` gives a request: escapes kept, and decoded.
///
/// A pattern may be written either way: `/a b`, `/a%20b`, `/café` and `/caf%C3%A9` all mean what they look like.
struct SegmentSpelling {
    let kept: [UInt8]
    let decoded: [UInt8]

    init(_ text: String, _ rules: PathRules) {
        var plain = SegmentSpelling.decodingEscapes([UInt8](text.utf8))
        if rules.ignoresCase { plain = plain.map(ASCII.lowercased) }
        decoded = plain
        var writer = ByteWriter()
        for byte in plain {
            if PathByte.isOrdinary(byte) || byte == 0x3B { writer.write(byte) } else { writer.write(escaped: byte) }
        }
        kept = rules.ignoresCase ? writer.bytes.map(ASCII.lowercased) : [UInt8](writer.bytes)
    }

    private static func decodingEscapes(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index] == 0x25, index + 2 < text.count, let high = ASCII.hexValue(text[index + 1]),
                let low = ASCII.hexValue(text[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }
}
