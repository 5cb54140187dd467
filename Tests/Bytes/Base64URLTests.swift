import Bytes
import Testing

@Suite struct Base64URLTests {
    private func decoded(_ text: String) -> [UInt8]? { Base64URL.decode([UInt8](text.utf8).span) }
    private func standard(_ text: String, lines: Bool = false) -> [UInt8]? {
        Base64.decode([UInt8](text.utf8).span, skippingLineBreaks: lines)
    }

    /// RFC 4648 section 10, and RFC 7515 appendix C.
    @Test(
        arguments: [
            ("", []), ("Zg", [0x66]), ("Zm8", [0x66, 0x6F]), ("Zm9v", [0x66, 0x6F, 0x6F]),
            ("Zm9vYmFy", [0x66, 0x6F, 0x6F, 0x62, 0x61, 0x72]), ("A-z_4ME", [3, 236, 255, 224, 193]),
        ] as [(String, [UInt8])])
    func codes(_ text: String, _ bytes: [UInt8]) {
        #expect(decoded(text) == bytes)
        #expect(Base64URL.encode(bytes.span) == text)
    }

    @Test(arguments: [
        "A", "AAAAA", "Zg==", "Zg=", "Zh", "Zm9", "Z g", "Zm9v\n", "+/+/", "Zm9v.", "Z\u{E9}A", "====", "Zm\09v",
    ])
    func refuses(_ text: String) {
        #expect(decoded(text) == nil)
    }

    /// Of all 4,096 texts of two characters and 64 of one, only the canonical ones are taken.
    @Test func everyByteStringHasOneSpelling() {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        var seen = Set<[UInt8]>()
        for first in alphabet {
            for second in alphabet {
                guard let bytes = decoded("\(first)\(second)") else { continue }
                #expect(seen.insert(bytes).inserted)
            }
        }
        #expect(seen.count == 256)
    }

    @Test func allBytesComeBack() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 89 &+ count &* 17) }
            #expect(decoded(Base64URL.encode(bytes.span)) == bytes)
            #expect(standard(Base64.encode(bytes.span)) == bytes)
        }
    }

    @Test(arguments: [("", []), ("Zg==", [0x66]), ("Zm8=", [0x66, 0x6F]), ("+/+/", [0xFB, 0xFF, 0xBF])])
    func readsPadded(_ text: String, _ bytes: [UInt8]) {
        #expect(standard(text) == bytes)
    }

    @Test(arguments: ["Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zh==", "Zm9v=", "-_-_", "Zg==Zg==", "Zm9v\r\n"])
    func refusesPadded(_ text: String) {
        #expect(standard(text) == nil)
    }

    @Test func skipsLineBreaksWhenAsked() {
        #expect(standard("Zm\r\n9v\n", lines: true) == [0x66, 0x6F, 0x6F])
        #expect(standard("Zm 9v", lines: true) == nil)
    }
}
