extension ByteWriter {
    /// `text` as a JSON string with its quotes (RFC 8259 section 7). Bytes that are not UTF-8 have been replaced by
    /// the time they are a String.
    public mutating func write(json text: String) {
        write(0x22)
        for byte in text.utf8 { write(jsonByte: byte) }
        write(0x22)
    }

    /// One byte inside a JSON string.
    public mutating func write(jsonByte byte: UInt8) {
        switch byte {
        case 0x22: write("\\\"")
        case 0x5C: write("\\\\")
        case 0x0A: write("\\n")
        case 0x0D: write("\\r")
        case 0x09: write("\\t")
        case 0..<0x20, 0x7F:
            write("\\u00")
            write(ASCII.hexDigit(byte >> 4))
            write(ASCII.hexDigit(byte & 15))
        default: write(byte)
        }
    }

    /// `text` as a JSON string in ASCII alone, so that the document may travel in a header.
    public mutating func write(asciiJSON text: String) {
        write(0x22)
        for unit in text.utf16 {
            if unit < 0x80 {
                write(jsonByte: UInt8(unit))
            } else {
                write("\\u")
                for shift in stride(from: 12, through: 0, by: -4) {
                    write(ASCII.hexDigit(UInt8(unit >> UInt16(shift) & 15)))
                }
            }
        }
        write(0x22)
    }
}
