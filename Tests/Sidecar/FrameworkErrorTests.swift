import Domain
import Testing

@testable import Sidecar

/// `response.errors`: the bodies that clients of the frameworks parse today, to the letter where they have one.
@Suite struct FrameworkErrorTests {
    /// `port` is asked for what `CheckPort.demo` refuses in each of its ways.
    private func body(_ form: String, _ path: String, _ headers: [String] = [], times: Int = 1) throws -> Answer {
        let port = try CheckPort(CheckPort.demo + "\nresponse: {errors: \(form)}")
        for _ in 1..<times { _ = try port.ask("GET /envoy\(path)", headers) }
        let answer = try port.ask("GET /envoy\(path)", headers)
        #expect(answer["Content-Type"] == "application/json")
        return answer
    }

    @Test func dockrion() throws {
        let missing = try body("dockrion", "/invoke")
        #expect(missing.status == 401)
        #expect(missing["WWW-Authenticate"] == "Bearer realm=\"postern\"")
        #expect(
            missing.body
                == #"{"detail":{"error":"MISSING_CREDENTIALS","message":"API key required. Provide via 'X-API-Key' "#
                + #"header or 'Authorization: Bearer <key>'","details":{}}}"#)
        let empty = try body("dockrion", "/invoke", ["Authorization: Bearer"])
        #expect(empty.body.contains("MISSING_CREDENTIALS"))
        let bad = try body("dockrion", "/invoke", ["X-API-Key: nobodys-key-0123456789"])
        #expect(
            bad.body == #"{"detail":{"error":"INVALID_CREDENTIALS","message":"Invalid API key","details":{}}}"#)
        let lacking = try body("dockrion", "/admin/x", [CheckPort.key])
        #expect(lacking.status == 403)
        #expect(
            lacking.body
                == #"{"detail":{"error":"INSUFFICIENT_PERMISSIONS","message":"Missing required permissions: deploy","#
                + #""details":{"required_permissions":["deploy"]}}}"#)
        let limited = try body("dockrion", "/invoke", [CheckPort.key], times: 4)
        #expect(limited.status == 429)
        let seconds = try #require(limited["Retry-After"])
        #expect(
            limited.body
                == #"{"detail":{"error":"RATE_LIMIT_EXCEEDED","message":"Rate limit exceeded","#
                + #""details":{"retry_after":\#(seconds)}}}"#)
        #expect(try body("dockrion", "/nowhere", [CheckPort.key]).body.contains(#""error":"AUTHORIZATION_FAILED""#))
        #expect(try body("dockrion", "/a%2fb", [CheckPort.key]).body.contains(#""error":"AUTH_ERROR""#))
    }

    @Test func agentGateway() throws {
        let missing = try body("agent_gateway", "/invoke")
        #expect(
            missing.body
                == #"{"error":{"code":"auth_required","message":"Missing or invalid Authorization header. "#
                + #"Expected: Bearer <token>"}}"#)
        let bad = try body("agent_gateway", "/invoke", ["Authorization: Bearer nobodys-key-0123456789"])
        #expect(bad.status == 401)
        #expect(bad.body == #"{"error":{"code":"invalid_credentials","message":"Invalid API key"}}"#)
        let scoped = try body("agent_gateway", "/scoped", [CheckPort.key])
        #expect(scoped.status == 403)
        #expect(scoped["WWW-Authenticate"]?.contains("insufficient_scope") == true)
        #expect(scoped.body == #"{"detail":"Insufficient scopes. Missing: ['agent:secret']"}"#)
        let limited = try body("agent_gateway", "/invoke", [CheckPort.key], times: 4)
        #expect(limited.status == 429)
        #expect(limited["Retry-After"] != nil)
        #expect(limited.body == #"{"detail":"Rate limit exceeded"}"#)
        #expect(try body("agent_gateway", "/a%2fb").body.contains(#"{"error":{"code":"ambiguous_path""#))
    }

    @Test func agentflow() throws {
        let missing = try body("agentflow", "/invoke")
        let start = #"{"error":{"code":"REVOKED_TOKEN","message":"Invalid token, please login again","details":[]},"#
        #expect(missing.body.hasPrefix(start + #""metadata":{"request_id":"unknown","timestamp":"20"#))
        #expect(missing.body.hasSuffix(#"","message":"Invalid token, please login again"}}"#))
        let bad = try body("agentflow", "/invoke", ["Authorization: Bearer nobodys-key-0123456789"])
        #expect(bad.body.contains(#""code":"INVALID_TOKEN""#))
        let scoped = try body("agentflow", "/scoped", [CheckPort.key])
        #expect(
            scoped.body.contains(#""code":"HTTPException","message":"Missing required scope: agent:secret""#))
        let limited = try body("agentflow", "/invoke", [CheckPort.key], times: 4)
        let seconds = try #require(limited["Retry-After"])
        #expect(
            limited.body
                == #"{"error":{"code":"RATE_LIMIT_EXCEEDED","message":"Too many requests. Limit: 3 per 3600s. "#
                + #"Retry after \#(seconds)s.","limit":3,"window_seconds":3600,"retry_after_seconds":\#(seconds)},"#
                + #""metadata":{"request_id":"unknown","status":"error"}}"#)
    }

    /// AgentFlow's `request_id`: the request's own, as long as it can stand anywhere.
    @Test(arguments: [
        (["X-Request-Id: 0b8d5c1e-7f2a-4c11-9d3e-2f6a1b0c4d5e"], "0b8d5c1e-7f2a-4c11-9d3e-2f6a1b0c4d5e"),
        (["x-request-id: a\"b\\c</script>"], #"a\"b\\c</script>"#),
        (["X-Request-Id: \(String(repeating: "a", count: 128))"], String(repeating: "a", count: 128)),
        (["X-Request-Id: \(String(repeating: "a", count: 129))"], "unknown"),
        (["X-Request-Id: two words"], "unknown"),
        (["X-Request-Id: k\u{e9}"], "unknown"),
        (["X-Request-Id: one", "X-Request-Id: two"], "unknown"),
        (["X-Request-Id:"], "unknown"),
        ([], "unknown"),
    ])
    func agentflowsRequestID(_ headers: [String], _ expected: String) throws {
        let member = #""metadata":{"request_id":"\#(expected)","timestamp":"#
        #expect(try body("agentflow", "/invoke", headers).body.contains(member))
        // A 403 as well, and of a limit never, as in AgentFlow.
        #expect(try body("agentflow", "/scoped", headers + [CheckPort.key]).body.contains(member))
        let limited = try body("agentflow", "/invoke", headers + [CheckPort.key], times: 4)
        #expect(limited.body.contains(#""metadata":{"request_id":"unknown","status":"error"}"#))
    }

    /// One request's id is not the next one's, and a document's is that of the request in it.
    @Test func aRequestIDIsOfItsRequest() throws {
        let port = try CheckPort(CheckPort.demo + "\nresponse: {errors: agentflow}")
        let named = try port.ask("GET /envoy/invoke", ["X-Request-Id: first"])
        #expect(named.body.contains(#""request_id":"first""#))
        #expect(try port.ask("GET /envoy/invoke").body.contains(#""request_id":"unknown""#))
        let document = #"{"method":"GET","path":"/invoke","headers":{"x-request-id":"inner"}}"#
        let fields = ["X-Request-Id: outer", "Content-Length: \(document.utf8.count)"]
        #expect(try port.ask("POST /v1/check", fields, body: document).body.contains(#""request_id":"inner""#))
        let nginx = try port.ask(
            "GET /nginx", ["X-Original-Method: GET", "X-Original-URI: /invoke", "X-Request-Id: there"])
        #expect(nginx["X-Authz-Problem"]?.contains(#""request_id":"there""#) == true)
    }

    /// What is wrong with a token, in each framework's words.
    @Test(arguments: [
        ("dockrion", #""error":"TOKEN_EXPIRED","message":"JWT has expired","details":{"hint":"#, #""TOKEN_INVALID""#),
        ("agent_gateway", #""message":"Token expired""#, #""code":"invalid_credentials""#),
        ("agentflow", #""code":"EXPIRED_TOKEN","message":"Token has expired, please login again""#, "INVALID_TOKEN"),
    ])
    func tokens(_ form: String, _ expired: String, _ bad: String) throws {
        let port = try CheckPort(TestToken.yaml(rest: "response: {errors: \(form)}"))
        let old = try port.ask("GET /envoy/any", [TestToken.bearer(TestToken.made(expiresIn: -600))])
        #expect(old.status == 401)
        #expect(old.body.contains(expired))
        let wrong = try port.ask("GET /envoy/any", [TestToken.bearer(TestToken.bad())])
        #expect(wrong.body.contains(bad))
        // Nobody judges keys here, so this is no wrong key.
        let opaque = try port.ask("GET /envoy/any", [TestToken.bearer("just-some-word")])
        #expect(opaque.body.contains(bad))
    }

    /// nginx is sent the body in a header, and JSON callers inside their document.
    @Test func travelAsProblemsDo() throws {
        let port = try CheckPort(CheckPort.demo + "\nresponse: {errors: agent_gateway}")
        let nginx = try port.ask("GET /nginx", ["X-Original-Method: GET", "X-Original-URI: /invoke"])
        #expect(nginx["X-Authz-Problem"]?.hasPrefix(#"{"error":{"code":"auth_required""#) == true)
        #expect(nginx["Content-Length"] == "0")
        let document = #"{"method":"GET","path":"/invoke"}"#
        let json = try port.ask("POST /v1/check", ["Content-Length: \(document.utf8.count)"], body: document)
        #expect(json.body.contains(#""problem":{"error":{"code":"auth_required""#))
    }
}
