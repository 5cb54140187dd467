/// CRC-32 (ISO 3309, as zlib and GitHub's tokens have it): finds typing errors, keeps out nobody.
enum CRC32 {
    /// A bit at a time, without a table: a key has 37 bytes to look at.
    static func checksum(_ bytes: borrowing Span<UInt8>) -> UInt32 {
        var remainder: UInt32 = 0xFFFF_FFFF
        for index in bytes.indices {
            remainder ^= UInt32(bytes[index])
            for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1 }
        }
        return ~remainder
    }
}
