import Credentials
import Domain
import Testing

private typealias Format = ExternalAuthorization.Format

/// `allow`, `deny`, `deny because`, or `? fault`.
private func word(_ format: Format, _ status: Int, _ body: String) -> String {
    let answer = RemoteAnswer(status: status, contentType: "application/json", body: [UInt8](body.utf8))
    switch ExternalAuthorization.evaluate(answer, as: format) {
    case .accepted(let decision):
        let word = decision.isAllowed ? "allow" : "deny"
        return decision.reason.map { "\(word) \($0)" } ?? word
    case .refused(let reason, _): return "refused \(reason.name)"
    case .undecidable(let fault): return "? \(fault.word)"
    }
}

@Suite struct ExternalAuthorizationTests {
    @Test func theQuestionHoldsWhoAndWhat() {
        let principal = Principal(
            method: .jwt, issuer: "https://op", subject: "alice", tenant: "acme", roles: ["admin"], scopes: ["a"],
            expiresAt: 5)
        let request = ExternalRequest(method: "GET", path: "/x", address: "10.0.0.1")
        let question =
            #"{"principal":{"method":"jwt","subject":"alice","issuer":"https://op","tenant":"acme","roles":["admin"],"permissions":[],"scopes":["a"],"expires_at":5},"request":{"method":"GET","path":"/x","address":"10.0.0.1","headers":{}}}"#
        let plain = ExternalAuthorization.body(.postern, principal: principal, request: request)
        #expect(String(decoding: plain, as: UTF8.self) == question)
        let opa = ExternalAuthorization.body(.opa, principal: principal, request: request)
        #expect(String(decoding: opa, as: UTF8.self) == #"{"input":"# + question + "}")
        let anonymous = ExternalAuthorization.body(
            .postern, principal: .anonymous, request: ExternalRequest(method: "GET", path: "/"))
        #expect(String(decoding: anonymous, as: UTF8.self).hasPrefix(#"{"principal":{"method":"none","roles":[]"#))
    }

    @Test(arguments: [
        (200, #"{"allow": true}"#, "allow"), (200, #"{"allow": false}"#, "deny"),
        (200, #"{"allow": false, "reason": "not yours"}"#, "deny not yours"),
        (200, #"{"allow": false, "reason": 5}"#, "deny"), (200, #"{"allow": true, "cache_seconds": 3}"#, "allow"),
        (200, "{}", "? bad_member"), (200, #"{"allow": "true"}"#, "? bad_member"),
        (200, #"{"allow": 1}"#, "? bad_member"), (200, #"{"allow": null}"#, "? bad_member"),
        (200, #"{"allow": true, "cache_seconds": -1}"#, "? bad_member"),
        (200, #"{"allow": false, "allow": true}"#, "? not_json"), (200, "true", "? not_json"),
        (200, #"{"result": true}"#, "? bad_member"),
        (403, #"{"allow": true}"#, "deny"), (401, #"{"allow": true}"#, "? unexpected_status"),
        (204, "", "? unexpected_status"), (500, #"{"allow": true}"#, "? unexpected_status"),
    ])
    func ourOwnShape(status: Int, body: String, expected: String) {
        #expect(word(.postern, status, body) == expected)
    }

    @Test(arguments: [
        (200, #"{"result": true}"#, "allow"), (200, #"{"result": false}"#, "deny"),
        (200, #"{"result": true, "decision_id": "1"}"#, "allow"),
        (200, #"{"result": {"allow": true}}"#, "allow"),
        (200, #"{"result": {"allow": false, "reason": "no"}}"#, "deny no"),
        // Undefined is not an allow.
        (200, "{}", "deny"), (200, #"{"decision_id": "1"}"#, "deny"), (200, #"{"result": {}}"#, "deny"),
        (200, #"{"result": {"allow": null}}"#, "deny"),
        (200, #"{"allow": true}"#, "deny"),
        (200, #"{"result": null}"#, "? bad_member"), (200, #"{"result": "true"}"#, "? bad_member"),
        (200, #"{"result": [true]}"#, "? bad_member"), (200, #"{"result": 1}"#, "? bad_member"),
        (200, #"{"result": {"allow": "true"}}"#, "? bad_member"),
        (400, #"{"code": "invalid_parameter"}"#, "? unexpected_status"), (500, "{}", "? unexpected_status"),
        (403, "", "deny"),
    ])
    func theShapeOfOPA(status: Int, body: String, expected: String) {
        #expect(word(.opa, status, body) == expected)
    }

    @Test func aReasonIsShownPrintableAndCut() {
        #expect(word(.postern, 200, #"{"allow": false, "reason": "a\r\n\u0000b\u009Fc"}"#) == "deny abc")
        #expect(word(.postern, 200, #"{"allow": false, "reason": "\n"}"#) == "deny")
        let long = String(repeating: "é", count: 1_000)
        let shown = word(.postern, 200, #"{"allow": false, "reason": "\#(long)"}"#)
        #expect(shown == "deny " + String(repeating: "é", count: ExternalDecision.reasonBytesMax / 2))
    }
}
