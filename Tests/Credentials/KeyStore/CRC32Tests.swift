import Testing

@testable import Credentials

/// The check value of the CRC catalogue (CRC-32/ISO-HDLC), and texts whose CRC-32 is widely published.
@Suite struct CRC32Tests {
    @Test(
        arguments: [
            ("", 0), ("a", 0xE8B7_BE43), ("abc", 0x3524_41C2), ("123456789", 0xCBF4_3926),
            ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
        ] as [(String, UInt32)])
    func isTheOneOfZlib(_ text: String, _ expected: UInt32) {
        #expect(CRC32.checksum(Array(text.utf8).span) == expected)
    }

    /// Not the other polynomial (CRC-32C), which is 0xE306_9283 of the same digits.
    @Test func ofZerosAndOnes() {
        #expect(CRC32.checksum([UInt8](repeating: 0, count: 32).span) == 0x190A_55AD)
        #expect(CRC32.checksum([UInt8](repeating: 0xFF, count: 32).span) == 0xFF6C_AB0B)
    }
}
