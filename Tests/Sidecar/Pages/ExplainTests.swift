import Bytes
import Domain
import NIOHTTP1
import Telemetry
import Testing

@testable import Sidecar

/// `POST /explain`: the stage that refuses is the one that is named, and nothing is spent.
@Suite struct ExplainTests {
    private static let admin =
        "admin: {control: \"127.0.0.1:9193\", token: \(ControlPort.token), pages: true}\n"
    private let control: ControlPort

    init() throws { control = try ControlPort(Self.admin + CheckPort.demo) }

    private func explain(_ document: String) throws -> ControlPort.Answer {
        try control.ask(.POST, "/explain", body: document)
    }

    private static let user = #""api_key":" user-key-0123456789\n""#

    @Test(
        arguments: [
            (#"{"method":"GET","path":"/invoke"}"#, "principal", "deny: no_credential (401)"),
            (#"{"method":"GET","path":"/a/../b",\#(user)}"#, "route", "deny: ambiguous_path (400)"),
            (#"{"method":"G T","path":"/a"}"#, "request", "deny: malformed_request (400)"),
            (#"{"method":"GET","path":"/invoke","api_key":"user-key-x"}"#, "principal", "deny: unknown_key (401)"),
            (#"{"method":"GET","path":"/admin/x",\#(user)}"#, "permit", "deny: permission_missing (403)"),
            (#"{"method":"GET","path":"/nowhere",\#(user)}"#, "permit", "deny: route_unmatched (403)"),
            (#"{"method":"GET","path":"/scoped",\#(user)}"#, "permit", "deny: scope_missing (403)"),
            (#"{"method":"GET","path":"/dear",\#(user)}"#, "limits", "deny: cost_never_fits (429)"),
        ] as [(String, String, String)])
    func namesTheStageThatRefused(_ document: String, _ stage: String, _ decision: String) throws {
        let found = try explain(document).json
        #expect(found["allowed"]?.flag == false)
        #expect(found["stopped"]?.text == stage)
        let last = found["stages"]?.elements?.last?.object
        #expect(last?["stage"]?.text == "decision" && last?["finding"]?.text == decision)
        #expect(found["answer"]?.text?.hasPrefix("HTTP/1.1 ") == true)
    }

    /// However often: the bucket of three is not spent from, no metric counts, and no credential comes back.
    @Test func spendsAndCountsNothing() throws {
        for _ in 0..<5 {
            let answer = try explain(#"{"method":"POST","path":"/invoke","address":"192.0.2.7",\#(Self.user)}"#)
            #expect(answer.json["allowed"]?.flag == true && answer.json["stopped"] == .null)
            let stages = answer.json["stages"]?.elements?.compactMap { $0.object?["stage"]?.text }
            let all = ["request", "credential", "route", "principal", "permit", "charges", "limits", "decision"]
            #expect(stages == all)
            #expect(answer.text.contains("address: fits, 99 of 100 left"), "\(answer.text)")
            #expect(!answer.text.contains("user-key"))
        }
        #expect(control.port.worker.metrics.count(.allow, dialect: .envoy) == 0)
        #expect(try control.ask(.GET, "/limits/role:user/u1").text.contains("\"used\":0"))
    }

    @Test func aTokenIsABearerAndAKeyGoesWhereTheConfigurationLooksForIt() throws {
        let yaml = CheckPort.demo.replacing("api_keys:\n", with: "api_keys:\n    header: X-Agent-Key\n")
        try control.port.install(Self.admin + yaml)
        let key = try explain(#"{"method":"GET","path":"/invoke",\#(Self.user)}"#)
        #expect(key.text.contains("in X-Agent-Key"), "\(key.text)")
        let bearer = try explain(#"{"method":"GET","path":"/invoke","token":"a.b.c"}"#)
        #expect(bearer.text.contains("in Authorization: Bearer"))
        let header = try explain(#"{"method":"GET","path":"/invoke","headers":{"x-agent-key":"user-key-0123456789"}}"#)
        #expect(header.json["allowed"]?.flag == true)
    }

    @Test(
        arguments: [
            (TestToken.made(), true, "alice of https://login.example/ by jwt"),
            (TestToken.bad(), false, "refused: token_signature"),
            (TestToken.made(expiresIn: -600), false, "refused: token_expired"), ("a.b.c", false, "refused: token"),
        ] as [(String, Bool, String)])
    func aTokenIsJudgedAsAProxysWouldBe(_ token: String, _ isAllowed: Bool, _ finding: String) throws {
        try control.port.install(Self.admin + TestToken.yaml())
        let found = try explain(#"{"method":"GET","path":"/any","token":"\#(token)"}"#)
        #expect(found.json["allowed"]?.flag == isAllowed, "\(found.text)")
        #expect(found.json["stopped"] == (isAllowed ? .null : .string("principal")))
        #expect(found.text.contains(finding), "\(found.text)")
        #expect(!found.text.contains(token))
    }

    /// Every one of them ends, so that the next may begin.
    @Test func manyMayBeExplainedOneAfterAnother() throws {
        for _ in 0..<(PageReports.explainedMax * 3) {
            #expect(try explain(#"{"method":"GET","path":"/invoke"}"#).status == 200)
        }
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"method":"GET"}"#, #"{"method":"GET","path":"/","headers":[]}"#,
        #"{"method":"GET","path":"/","headers":{"A":"b\r\nX-API-Key: c"}}"#,
        #"{"method":"GET","path":"/","api_key":"a\r\nB: c"}"#, #"{"method":"GET\n","path":"/"}"#,
    ])
    func whatIsNoQuestionIsRefused(_ document: String) throws {
        #expect(try explain(document).status == 400)
    }
}
