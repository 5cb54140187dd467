import Credentials
import Domain
import Testing

private func word(_ status: Int, _ body: String, type: String? = "application/json") -> String {
    let answer = RemoteAnswer(status: status, contentType: type, body: [UInt8](body.utf8))
    return switch ExternalAuthentication.evaluate(answer, at: 1_000) {
    case .accepted(let identity): identity.principal.subject ?? ""
    case .refused(let reason, _): "\(reason.name)"
    case .undecidable(let fault): "? \(fault.word)"
    }
}

@Suite struct ExternalAuthenticationTests {
    @Test func theQuestionIsOneDocument() {
        let request = ExternalRequest(
            method: "POST", path: "/a\"b", host: "example", address: "10.0.0.1",
            headers: [("x-tenant", "acme"), ("x-a", "1"), ("x-a", "2")])
        let body = ExternalAuthentication.body(kind: "bearer", value: [UInt8]("to\"ken\n".utf8).span, request: request)
        #expect(
            body.map { String(decoding: $0, as: UTF8.self) }
                == #"{"credential":{"kind":"bearer","value":"to\"ken\n"},"request":{"method":"POST","path":"/a\"b","host":"example","address":"10.0.0.1","headers":{"x-tenant":"acme","x-a":"1, 2"}}}"#
        )
        let bare = ExternalAuthentication.body(
            kind: "api_key", value: [UInt8]("k".utf8).span, request: ExternalRequest(method: "GET", path: "/"))
        #expect(
            bare.map { String(decoding: $0, as: UTF8.self) }
                == #"{"credential":{"kind":"api_key","value":"k"},"request":{"method":"GET","path":"/","headers":{}}}"#)
    }

    /// Replaced by U+FFFD, two credentials would be one.
    @Test func aCredentialThatIsNotTextIsNotAskedAbout() {
        let request = ExternalRequest(method: "GET", path: "/")
        for bytes in [[0xFF], [0xC3], [0x61, 0xED, 0xA0, 0x80]] as [[UInt8]] {
            #expect(ExternalAuthentication.body(kind: "bearer", value: bytes.span, request: request) == nil)
        }
    }

    @Test func aWholeIdentityIsTaken() throws {
        let body = """
            {"subject": "alice", "roles": ["admin"], "permissions": ["invoke"], "scopes": ["a", "b"], "tenant": "acme",
             "email": "a@example", "name": null, "key_id": "k1", "issuer": "https://x", "expires_at": 1001,
             "cache_seconds": 30, "unknown": {}}
            """
        let answer = RemoteAnswer(status: 200, contentType: "application/json", body: [UInt8](body.utf8))
        guard case .accepted(let identity) = ExternalAuthentication.evaluate(answer, at: 1_000) else {
            Issue.record("not accepted")
            return
        }
        let principal = identity.principal
        #expect(principal.method == .external)
        #expect(principal.subject == "alice" && principal.issuer == "https://x" && principal.keyID == "k1")
        #expect(principal.roles == ["admin"] && principal.permissions == ["invoke"] && principal.scopes == ["a", "b"])
        #expect(principal.tenant == "acme" && principal.email == "a@example" && principal.name == nil)
        #expect(principal.expiresAt == 1_001 && identity.cacheSeconds == 30)
    }

    @Test(arguments: [
        (200, #"{"subject": "a"}"#, "a"),
        (401, "", "credential_refused"), (401, #"{"subject": "a"}"#, "credential_refused"),
        (403, "", "externally_forbidden"),
        (200, #"{"subject": "a", "expires_at": 1000}"#, "credential_refused"),
        (200, #"{"subject": "a", "expires_at": 1001}"#, "a"),
        (200, "{}", "? bad_member"), (200, #"{"subject": ""}"#, "? bad_member"),
        (200, #"{"subject": 5}"#, "? bad_member"), (200, #"{"subject": null}"#, "? bad_member"),
        (200, #"{"subject": "a", "roles": "admin"}"#, "? bad_member"),
        (200, #"{"subject": "a", "roles": ["admin", 5]}"#, "? bad_member"),
        (200, #"{"subject": "a", "roles": null}"#, "a"),
        (200, #"{"subject": "a", "email": 5}"#, "? bad_member"),
        (200, #"{"subject": "a", "expires_at": "1001"}"#, "? bad_member"),
        (200, #"{"subject": "a", "expires_at": -1}"#, "? bad_member"),
        (200, #"{"subject": "a", "cache_seconds": 1.5}"#, "? bad_member"),
        (200, #"{"subject": "a", "subject": "b"}"#, "? not_json"),
        (200, #"["a"]"#, "? not_json"), (200, "", "? not_json"),
        (201, #"{"subject": "a"}"#, "? unexpected_status"), (404, "", "? unexpected_status"),
        (500, #"{"subject": "a"}"#, "? unexpected_status"),
    ])
    func onlyAnIdentityIsAccepted(status: Int, body: String, expected: String) {
        #expect(word(status, body) == expected)
    }

    @Test func anotherContentTypeDecidesNothing() {
        #expect(word(200, #"{"subject": "a"}"#, type: "text/plain") == "? wrong_content_type")
        #expect(word(200, #"{"subject": "a"}"#, type: nil) == "? wrong_content_type")
    }
}
