import Credentials
import Testing

@Suite struct ClientCredentialsTests {
    private func credentials(_ method: ClientCredentials.Method, _ identifier: String, _ secret: String)
        -> ClientCredentials
    {
        ClientCredentials(method, identifier: [UInt8](identifier.utf8), secret: [UInt8](secret.utf8))
    }

    private func body(_ credentials: ClientCredentials, token: String) -> String {
        String(decoding: credentials.body(token: [UInt8](token.utf8).span), as: UTF8.self)
    }

    /// RFC 7617 section 2 for the first; the others by RFC 6749 section 2.3.1: encoded, then joined.
    @Test(arguments: [
        ("Aladdin", "opensesame", "Basic QWxhZGRpbjpvcGVuc2VzYW1l"),
        // agent:1 and p w%
        ("agent:1", "p w%", "Basic YWdlbnQlM0ExOnAlMjB3JTI1"),
        // ä is %C3%A4
        ("ä", "+", "Basic JUMzJUE0OiUyQg=="),
    ])
    func basicIsEncodedFirst(identifier: String, secret: String, expected: String) {
        #expect(credentials(.basic, identifier, secret).authorization == expected)
    }

    @Test func theTokenIsOneFormValue() {
        let basic = credentials(.basic, "id", "secret")
        #expect(body(basic, token: "a.b-c_d~e") == "token=a.b-c_d%7Ee&token_type_hint=access_token")
        #expect(body(basic, token: "x&token=y=z +%") == "token=x%26token%3Dy%3Dz%20%2B%25&token_type_hint=access_token")
    }

    @Test func postCredentialsGoIntoTheBody() {
        let post = credentials(.post, "i&d", "s=t")
        #expect(post.authorization == nil)
        #expect(body(post, token: "t") == "token=t&token_type_hint=access_token&client_id=i%26d&client_secret=s%3Dt")
    }

    @Test func printingShowsNothing() {
        let credentials = credentials(.basic, "identifier", "hunter2hunter2")
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), dumped] {
            #expect(!text.contains("hunter2") && !text.contains("identifier") && !text.contains("104"))
        }
    }
}
