/// The classes of bytes a path is made of (RFC 3986 section 3.3).
enum PathByte {
    /// `pchar` without `%` and `;`: `! $ & ' ( ) * + , - . 0-9 : = @ A-Z _ a-z ~`, the bytes every program reads as
    /// themselves. Two words of bits, one for each half of ASCII; everything else is not ordinary.
    @inline(__always)
    static func isOrdinary(_ byte: UInt8) -> Bool {
        guard byte < 0x80 else { return false }
        let word: UInt64 = byte < 64 ? 0x27FF_7FD2_0000_0000 : 0x47FF_FFFE_87FF_FFFF
        return word >> UInt64(byte & 63) & 1 == 1
    }

    @inline(__always)
    static func isControl(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == 0x7F }
}
