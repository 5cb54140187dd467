/// Base64url without padding (RFC 4648 section 5 as RFC 7515 section 2 uses it), canonical only: each byte string has
/// one spelling, so two tokens that differ in a byte are two tokens.
public enum Base64URL {
    /// The bytes, or nil for anything but the alphabet, a length no byte string has, or unused bits that are not zero.
    public static func decode(_ text: borrowing Span<UInt8>) -> [UInt8]? {
        Base64Code.decode(text, Base64Code.urlValues)
    }

    public static func encode(_ bytes: borrowing Span<UInt8>) -> String {
        var writer = ByteWriter(reserving: (bytes.count * 4 + 2) / 3)
        writer.write(base64URL: bytes)
        return writer.bytes.span.text()
    }
}

/// Base64 with padding (RFC 4648 section 4), for PEM and for the byte sequences of structured fields (RFC 8941).
public enum Base64 {
    /// The bytes, or nil for anything but the alphabet with its full padding and zero in unused bits.
    ///
    /// - Parameter skippingLineBreaks: CR and LF may stand anywhere, as between the lines of a PEM block.
    public static func decode(_ text: borrowing Span<UInt8>, skippingLineBreaks: Bool = false) -> [UInt8]? {
        if skippingLineBreaks {
            var joined: [UInt8] = []
            joined.reserveCapacity(text.count)
            for index in 0..<text.count where text[index] != 0x0A && text[index] != 0x0D { joined.append(text[index]) }
            return decode(joined.span)
        }
        guard text.count & 3 == 0 else { return nil }
        var end = text.count
        while end > 0, text.count - end < 2, text[end - 1] == 0x3D { end -= 1 }
        return Base64Code.decode(text.extracting(0..<end), Base64Code.standardValues)
    }

    public static func encode(_ bytes: borrowing Span<UInt8>) -> String {
        var writer = ByteWriter(reserving: (bytes.count + 2) / 3 * 4)
        Base64Code.encode(bytes, Base64Code.standardDigits, into: &writer)
        for _ in 0..<(3 - bytes.count % 3) % 3 { writer.write(0x3D) }
        return writer.bytes.span.text()
    }
}

extension ByteWriter {
    /// `bytes` in unpadded base64url.
    public mutating func write(base64URL bytes: borrowing Span<UInt8>) {
        Base64Code.encode(bytes, Base64Code.urlDigits, into: &self)
    }
}

/// What both alphabets share.
enum Base64Code {
    static let standardDigits = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    static let urlDigits = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    static let standardValues = values(of: standardDigits)
    static let urlValues = values(of: urlDigits)

    /// 0…63 at each digit's byte; elsewhere a value whose high bits are set. As long as a byte has values.
    private static func values(of digits: [UInt8]) -> [UInt8] {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }

    static func decode(_ text: borrowing Span<UInt8>, _ values: [UInt8]) -> [UInt8]? {
        let table = values.span
        // What lets the loop look bytes up unchecked.
        precondition(table.count == 256)
        let tail = text.count & 3
        guard tail != 1 else { return nil }
        var invalid: UInt8 = 0
        let raw = text.bytes
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3 + 2) { output, count in
            var index = 0
            while index &+ 4 <= raw.byteCount {
                let four = UInt32(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt32.self))
                let a = table[unchecked: Int(four & 0xFF)]
                let b = table[unchecked: Int(four >> 8 & 0xFF)]
                let c = table[unchecked: Int(four >> 16 & 0xFF)]
                let d = table[unchecked: Int(four >> 24)]
                invalid |= a | b | c | d
                output[count] = a << 2 | b >> 4
                output[count &+ 1] = b << 4 | c >> 2
                output[count &+ 2] = c << 6 | d
                index &+= 4
                count &+= 3
            }
            guard tail > 0 else { return }
            let (a, b) = (table[Int(text[index])], table[Int(text[index &+ 1])])
            let c = tail == 3 ? table[Int(text[index &+ 2])] : 0
            invalid |= a | b | c
            output[count] = a << 2 | b >> 4
            count &+= 1
            if tail == 3 {
                output[count] = b << 4 | c >> 2
                count &+= 1
            }
            // Bits that no byte holds: were they free, one signature would have several spellings.
            if tail == 2 ? b & 15 != 0 : c & 3 != 0 { invalid = 0xFF }
        }
        return invalid & 0xC0 == 0 ? bytes : nil
    }

    /// Without padding.
    static func encode(_ bytes: borrowing Span<UInt8>, _ digits: [UInt8], into writer: inout ByteWriter) {
        var index = 0
        while index < bytes.count {
            let first = bytes[index]
            let second = index + 1 < bytes.count ? bytes[index + 1] : 0
            let third = index + 2 < bytes.count ? bytes[index + 2] : 0
            writer.write(digits[Int(first >> 2)])
            writer.write(digits[Int(first << 4 & 0x3F | second >> 4)])
            if index + 1 < bytes.count { writer.write(digits[Int(second << 2 & 0x3F | third >> 6)]) }
            if index + 2 < bytes.count { writer.write(digits[Int(third & 0x3F)]) }
            index += 3
        }
    }
}
