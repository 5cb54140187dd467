import Bytes
import Credentials
import Domain
import Testing

private let now: Int64 = 1_800_000_000

private func judge(
    _ body: String, status: Int = 200, type: String? = "application/json",
    policy: IntrospectionPolicy = IntrospectionPolicy()
) -> RemoteVerdict<IntrospectedToken> {
    IntrospectedToken.evaluate(
        RemoteAnswer(status: status, contentType: type, body: [UInt8](body.utf8)), policy: policy, at: now)
}

/// A verdict in a word: `alice`, `token_expired exp`, `? not_json`.
private func word(_ verdict: RemoteVerdict<IntrospectedToken>) -> String {
    switch verdict {
    case .accepted(let token): token.principal.subject ?? ""
    case .refused(let reason, let claim): claim.map { "\(reason.name) \($0)" } ?? "\(reason.name)"
    case .undecidable(let fault): "? \(fault.word)"
    }
}

@Suite struct IntrospectedTokenTests {
    @Test func anActiveTokenIsAPrincipal() throws {
        let verdict = judge(
            """
            {"active": true, "sub": "alice", "scope": "agent:invoke agent:read", "client_id": "app", "iss": "https://op",
             "exp": 1800000100, "iat": 1799999999.5, "nbf": 1800000000, "username": "Alice", "email": "a@example",
             "realm_access": {"roles": ["admin"]}, "aud": null, "token_type": "Bearer"}
            """, policy: IntrospectionPolicy(claims: ClaimMapping(roles: "realm_access.roles"), subjectPrefix: "op|"))
        guard case .accepted(let token) = verdict else {
            Issue.record("\(word(verdict))")
            return
        }
        #expect(token.principal.subject == "op|alice")
        #expect(token.principal.method == .oauth2)
        #expect(token.principal.issuer == "https://op")
        #expect(token.principal.scopes == ["agent:invoke", "agent:read"])
        #expect(token.principal.roles == ["admin"])
        #expect(token.principal.email == "a@example")
        #expect(token.principal.expiresAt == 1_800_000_100)
        #expect(token.expiresAt == 1_800_000_100)
        #expect(token.certificateThumbprint == nil && token.dpopThumbprint == nil)
    }

    /// Only JSON true is active, only JSON false is not; the rest decides nothing.
    @Test(arguments: [
        (#"{"active": true, "sub": "a"}"#, "a"),
        (#"{"active": false}"#, "token_inactive"),
        (#"{"active": false, "sub": "a", "exp": "never"}"#, "token_inactive"),
        (#"{"active": "true", "sub": "a"}"#, "? bad_member"),
        (#"{"active": 1, "sub": "a"}"#, "? bad_member"),
        (#"{"active": null, "sub": "a"}"#, "? bad_member"),
        (#"{"active": [true], "sub": "a"}"#, "? bad_member"),
        (#"{"Active": true, "sub": "a"}"#, "? bad_member"),
        (#"{"sub": "a"}"#, "? bad_member"),
        (#"{"active": true, "active": true, "sub": "a"}"#, "? not_json"),
        (#"{"active": false, "active": true, "sub": "a"}"#, "? not_json"),
        (#"[{"active": true, "sub": "a"}]"#, "? not_json"),
        (#"{"active": true, "sub": "a"} x"#, "? not_json"),
        (#"{"active": true, "sub": "a""#, "? not_json"),
        ("true", "? not_json"),
        ("", "? not_json"),
    ])
    func activeIsABoolean(body: String, expected: String) {
        #expect(word(judge(body)) == expected)
    }

    @Test(
        arguments: [
            (200, "application/json; charset=utf-8", "a"), (200, "Application/JSON", "a"),
            (200, "application/json ;x=y", "a"), (200, nil, "? wrong_content_type"),
            (200, "text/html", "? wrong_content_type"), (200, "application/jsonp", "? wrong_content_type"),
            (200, "application/token-introspection+jwt", "? wrong_content_type"),
            (201, "application/json", "? unexpected_status"), (204, "application/json", "? unexpected_status"),
            (400, "application/json", "? unexpected_status"), (403, "application/json", "? unexpected_status"),
            (404, "application/json", "? unexpected_status"), (429, "application/json", "? unexpected_status"),
            (500, "application/json", "? unexpected_status"), (503, "application/json", "? unexpected_status"),
            // Ours are the credentials that are wrong: the token may be good.
            (401, "application/json", "? client_refused"),
        ] as [(Int, String?, String)])
    func onlyJSONWithStatus200Decides(status: Int, type: String?, expected: String) {
        #expect(word(judge(#"{"active": true, "sub": "a"}"#, status: status, type: type)) == expected)
    }

    /// The members beside `active`, and what becomes of them under a policy that wants an issuer, an audience and a
    /// scope, with 30 seconds of leeway.
    @Test(arguments: [
        (#""aud": "agent""#, "a"), (#""aud": ["x", "agent"]"#, "a"), (#""aud": "agent", "iss": "https://op""#, "a"),
        (#""aud": "agent", "iss": "https://op/""#, "token_issuer iss"),
        (#""aud": "agent", "iss": 5"#, "token_claim iss"),
        (#""iss": "https://op""#, "token_audience"), (#""aud": "other""#, "token_audience"),
        (#""aud": []"#, "token_audience"), (#""aud": "Agent""#, "token_audience"),
        (#""aud": {"agent": 1}"#, "token_claim aud"),
        (#""aud": "agent", "exp": 1799999971"#, "a"), (#""aud": "agent", "exp": 1799999970"#, "token_expired"),
        (#""aud": "agent", "exp": 0"#, "token_expired"), (#""aud": "agent", "exp": "1900000000""#, "token_claim exp"),
        (#""aud": "agent", "exp": 1e400"#, "token_claim exp"), (#""aud": "agent", "exp": true"#, "token_claim exp"),
        (#""aud": "agent", "nbf": 1800000030"#, "a"), (#""aud": "agent", "nbf": 1800000031"#, "token_not_yet_valid"),
        (#""aud": "agent", "token_type": "DPoP""#, "a"),
        (#""aud": "agent", "token_use": "refresh_token""#, "token_type token_use"),
        (#""aud": "agent", "typ": "Refresh""#, "token_type typ"),
        (#""aud": "agent", "email": ["a"]"#, "token_claim email"),
        (#""aud": "agent", "roles": 5"#, "token_claim roles"), (#""aud": "agent", "roles": [5]"#, "token_claim roles"),
        (#""aud": "agent", "cnf": {"jkt": "x"}"#, "token_claim cnf.jkt"),
        (#""aud": "agent", "cnf": {"kid": "x"}"#, "token_claim cnf"),
    ])
    func claimsAreHeldToTheRules(members: String, expected: String) {
        let policy = IntrospectionPolicy(
            issuer: "https://op", audiences: ["agent"], requiredScopes: ["invoke"], leewaySeconds: 30)
        let body = #"{"active": true, "sub": "a", "scope": "read invoke", \#(members)}"#
        #expect(word(judge(body, policy: policy)) == expected)
    }

    @Test(arguments: [
        (#""scope": "read invoke""#, "a"), (#""scope": ["invoke", "read"]"#, "a"),
        (#""scope": "read""#, "token_scope scope"), (#""scope": "invoke""#, "token_scope scope"),
        (#""scope": "readinvoke""#, "token_scope scope"), (#""scope": "Read invoke""#, "token_scope scope"),
        (#""scope": null"#, "token_scope scope"), (#""scope": {"read": true}"#, "token_claim scope"),
    ])
    func everyRequiredScopeMustBeThere(member: String, expected: String) {
        let policy = IntrospectionPolicy(requiredScopes: ["read", "invoke"])
        #expect(word(judge(#"{"active": true, "sub": "a", \#(member)}"#, policy: policy)) == expected)
    }

    @Test func aTokenForSomebodyElseIsNotForUs() {
        #expect(word(judge(#"{"active": true, "sub": "a", "aud": "other"}"#)) == "token_audience")
        #expect(word(judge(#"{"active": true}"#)) == "token_claim sub")
        #expect(word(judge(#"{"active": true, "sub": ""}"#)) == "token_claim sub")
    }

    @Test func bindingsArePassedOn() throws {
        let thumbprint = "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"
        let body = #"{"active": true, "sub": "a", "cnf": {"x5t#S256": "\#(thumbprint)", "jkt": "\#(thumbprint)"}}"#
        guard case .accepted(let token) = judge(body) else {
            Issue.record("refused")
            return
        }
        #expect(token.certificateThumbprint?.base64URL == thumbprint)
        #expect(token.dpopThumbprint?.base64URL == thumbprint)
    }
}
