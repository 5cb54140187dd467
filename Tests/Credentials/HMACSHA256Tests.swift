import Bytes
import Credentials
import Testing

@Suite struct HMACSHA256Tests {
    /// RFC 4231 test cases 1, 2 and 6.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            [UInt8]("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func codes(_ key: [UInt8], _ text: String, _ hex: String) {
        let bytes = [UInt8](text.utf8)
        let expected = Digest256(hex: [UInt8](hex.utf8).span)
        let code = HMACSHA256(key: key.span)
        let whole = code.code(bytes.span)
        let again = code.code(bytes.span)
        let halves = code.code(bytes.span.extracting(0..<4), bytes.span.extracting(4..<bytes.count))
        #expect(whole == expected)
        #expect(again == expected)
        #expect(halves == expected)
    }

    @Test func emptyKeysAndMessagesAreBytesToo() {
        let none: [UInt8] = []
        let first = HMACSHA256(key: none.span).code(none.span)
        let expected = Digest256(
            hex: [UInt8]("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad".utf8).span)
        #expect(first == expected)
    }

    @Test func digestsComeBackFromTheirSpellings() throws {
        let digest = SHA256().digest([UInt8]("abc".utf8).span)
        let again = Digest256(bytes: digest.bytes.span)
        let spelled = Digest256(base64URL: [UInt8](digest.base64URL.utf8).span)
        #expect(again == digest)
        #expect(spelled == digest)
        #expect(digest.base64URL == "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0")
        let short = digest.bytes.dropLast() as [UInt8]
        let cut = Digest256(bytes: short.span)
        let cutText = Digest256(base64URL: [UInt8](digest.base64URL.utf8.dropLast()).span)
        #expect(cut == nil)
        #expect(cutText == nil)
    }
}
