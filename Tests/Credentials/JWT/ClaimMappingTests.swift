import Bytes
import Credentials
import Domain
import Testing

@Suite struct ClaimMappingTests {
    private func verify(_ more: String, _ change: (inout TokenPolicy) -> Void = { _ in }) throws -> Principal {
        try Token.verify(Token.made(Token.claims(more)), Token.policy(change)).get().principal
    }

    private func refusal(_ more: String, _ change: (inout ClaimMapping) -> Void = { _ in }) -> TokenRefusal? {
        Token.refusal(claims: Token.claims(more), Token.policy { change(&$0.claims) })
    }

    @Test func mapsEveryClaim() throws {
        let principal = try verify(
            #""iss":"https://x","email":"a@x","name":"A","roles":["r 1","r2"],"permissions":"p1 p2","#
                + #""scope":" s1  s2 ","tenant_id":"t""#)
        #expect(principal.method == .jwt)
        #expect(principal.issuer == "https://x")
        #expect(principal.subject == "alice")
        #expect(principal.email == "a@x")
        #expect(principal.name == "A")
        #expect(principal.roles == ["r 1", "r2"])
        #expect(principal.permissions == ["p1", "p2"])
        #expect(principal.scopes == ["s1", "s2"])
        #expect(principal.tenant == "t")
        #expect(principal.keyID == nil)
    }

    @Test func literalNamesGoBeforePaths() throws {
        let nested = #""https://x.org/roles":["a"],"realm_access":{"roles":["b"],"x.y":["c"]}"#
        #expect(try verify(nested) { $0.claims.roles = "https://x.org/roles" }.roles == ["a"])
        #expect(try verify(nested) { $0.claims.roles = "realm_access.roles" }.roles == ["b"])
        #expect(try verify(nested) { $0.claims.roles = "realm_access.x.y" }.roles == ["c"])
        #expect(try verify(nested) { $0.claims.roles = "nowhere.roles" }.roles.isEmpty)
        let both = #""a.b":["literal"],"a":{"b":["path"]}"#
        #expect(try verify(both) { $0.claims.roles = "a.b" }.roles == ["literal"])
    }

    @Test func defaultRolesAreForWhoeverHasNone() throws {
        for more in [#""iat":1"#, #""roles":[]"#, #""roles":"""#, #""roles":null"#] {
            #expect(try verify(more) { $0.defaultRoles = ["guest"] }.roles == ["guest"])
        }
        #expect(try verify(#""roles":["a"]"#) { $0.defaultRoles = ["guest"] }.roles == ["a"])
    }

    @Test func subjectsGetTheirPrefix() throws {
        #expect(try verify(#""iat":1"#) { $0.subjectPrefix = "x|" }.subject == "x|alice")
        #expect(try verify(#""user":{"id":"7"}"#) { $0.claims.userID = "user.id" }.subject == "7")
    }

    @Test(arguments: [
        (#""email":1"#, "email"), (#""name":["A"]"#, "name"), (#""tenant_id":{}"#, "tenant_id"),
        (#""roles":1"#, "roles"),
        (#""roles":["a",1]"#, "roles"), (#""roles":[null]"#, "roles"), (#""roles":{"admin":true}"#, "roles"),
        (#""permissions":true"#, "permissions"), (#""scope":[["s"]]"#, "scope"),
    ])
    func aWrongTypeIsNamed(_ more: String, _ claim: String) {
        #expect(refusal(more) == TokenRefusal(.claimWrongType, claim: claim))
    }

    @Test func aPathThroughSomethingElseIsNamed() {
        #expect(refusal(#""a":"b""#) { $0.roles = "a.b" } == TokenRefusal(.claimWrongType, claim: "a.b"))
        #expect(refusal(#""a":[{"b":1}]"#) { $0.roles = "a.b" } == TokenRefusal(.claimWrongType, claim: "a.b"))
        #expect(refusal(#""a":null"#) { $0.roles = "a.b" } == nil)
    }

    @Test func theSubjectMustBeSomebody() {
        #expect(refusal(#""iat":1"#) { $0.userID = "uid" } == TokenRefusal(.subjectMissing, claim: "uid"))
        #expect(refusal(#""uid":"""#) { $0.userID = "uid" } == TokenRefusal(.subjectMissing, claim: "uid"))
        #expect(refusal(#""uid":null"#) { $0.userID = "uid" } == TokenRefusal(.subjectMissing, claim: "uid"))
        #expect(refusal(#""uid":7"#) { $0.userID = "uid" } == TokenRefusal(.claimWrongType, claim: "uid"))
    }

    @Test func bindings() throws {
        let thumbprint = SHA256().digest([1].span)
        let other = SHA256().digest([2].span)
        let both = "\"cnf\":{\"x5t#S256\":\"\(thumbprint.base64URL)\",\"jkt\":\"\(other.base64URL)\",\"more\":1}"
        let verified = try Token.verify(Token.made(Token.claims(both))).get()
        #expect(verified.certificateThumbprint == thumbprint)
        #expect(verified.dpopThumbprint == other)
        #expect(verified.refusal(certificate: nil)?.fault == .certificateMissing)
        #expect(verified.refusal(certificate: other)?.fault == .certificateMismatch)
        #expect(verified.refusal(certificate: thumbprint) == nil)
        let free = try Token.verify(Token.made(Token.claims())).get()
        #expect(free.refusal(certificate: nil) == nil)
        #expect(free.refusal(certificate: other) == nil)
    }

    @Test(arguments: [
        (#""cnf":null"#, "cnf"), (#""cnf":"x""#, "cnf"), (#""cnf":{}"#, "cnf"), (#""cnf":{"jwk":{}}"#, "cnf"),
        (#""cnf":{"jkt":1}"#, "cnf.jkt"), (#""cnf":{"jkt":"AAAA"}"#, "cnf.jkt"),
        (#""cnf":{"x5t#S256":""}"#, "cnf.x5t#S256"),
    ])
    func aBindingWeCannotCheckIsRefused(_ more: String, _ claim: String) {
        #expect(refusal(more) == TokenRefusal(.claimWrongType, claim: claim))
    }
}
