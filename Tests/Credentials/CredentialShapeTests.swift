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
}
