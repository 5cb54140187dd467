import Bytes
import Credentials
import Testing

@Suite struct CredentialShapeTests {
    private func shape(_ text: String) -> CredentialShape { CredentialShape([UInt8](text.utf8).span) }

    /// `{"` and, with white space after the brace, `{ `, `{\t`, `{\n` and `{\r`.
    @Test(arguments: [
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln", "eyAiYWxnIjoiSFMyNTYifQ.e30.c2ln",
        "ewkiYWxnIjoiSFMyNTYifQ.e30.c2ln", "ewoiYWxnIjoiSFMyNTYifQ.e30.c2ln", "ew0iYWxnIjoiSFMyNTYifQ.e30.c2ln",
        // Refused as a JWT, and by nobody else as anything else.
        "eyJ..", "eyJhbGciOiJub25lIn0.e30.",
    ])
    func threePartsWithAHeaderAreAJWT(_ text: String) {
        #expect(shape(text) == .jwt)
    }

    @Test(arguments: [
        "", "e", "ey", "eyJ.", "eyJ.a", "user-key-0123456789", "a.b.c", "eyJhbGciOiJIUzI1NiJ9",
        // Five parts are a JWE, two a JWS cut short; both are opaque here.
        "eyJhbGciOiJIUzI1NiJ9.a.b.c.d", "eyJhbGciOiJIUzI1NiJ9.a", "eyJhbGciOiJIUzI1NiJ9.a.b.c",
        // No base64url.
        "eyJhbGciOiJIUzI1NiJ9.a+b.c", "eyJhbGciOiJIUzI1NiJ9.a=.c", "eyJhbGciOiJIUzI1NiJ9.a. c",
        "EyJhbGciOiJIUzI1NiJ9.a.c", "exJhbGciOiJIUzI1NiJ9.a.c", "eyJ\u{e9}.a.c", ".eyJ.a",
    ])
    func anythingElseIsOpaque(_ text: String) {
        #expect(shape(text) == .opaque)
    }

    /// Whatever the length, and wherever the one byte is that base64url has not: they are looked at eight by eight.
    @Test func everyByteCounts() {
        let foreign: [UInt8] = [0, 0x20, 0x2B, 0x2C, 0x2F, 0x3A, 0x3D, 0x40, 0x5B, 0x60, 0x7B, 0x7F, 0x80, 0xE1, 0xFF]
        for count in 5..<40 {
            var text = [UInt8](repeating: UInt8(ascii: "Z"), count: count)
            text.replaceSubrange(0..<3, with: "ey.".utf8)
            text[count - 1] = UInt8(ascii: ".")
            #expect(CredentialShape(text.span) == .jwt)
            for place in 2..<count {
                for byte in foreign {
                    var other = text
                    other[place] = byte
                    #expect(CredentialShape(other.span) == .opaque, "\(byte) at \(place) of \(count)")
                }
            }
        }
    }
}
