import Bytes
import NIOHTTP1
import Testing

@testable import Sidecar

/// `/openapi.json` says what is there: every operation is asked of the code that answers it, and the answer is held
/// against the document.
@Suite struct OpenAPITests {
    private static let admin =
        "admin: {control: \"127.0.0.1:9193\", token: \(ControlPort.token), pages: true}\n"
    private static let limits = """

          - {name: slots, per: subject, concurrency: 4, lease_seconds: 60}
          - {name: tokens, per: subject, rate: 1000/day, settle: {estimate: 10, expires_seconds: 60}}

        """
    private let control: ControlPort
    private let document: JSONObject
    private let schema: Schema

    init() throws {
        control = try ControlPort(Self.admin + CheckPort.demo + Self.limits)
        document = try #require(try JSONParser.parse(PageFiles.openAPI.body.span).object)
        schema = Schema(document: document)
    }

    private func operation(_ method: String, _ path: String) throws -> JSONObject {
        let item = try #require(document["paths"]?.object?[path]?.object, "\(path) is not documented")
        return try #require(item[method]?.object, "\(method) \(path) is not documented")
    }

    /// The answer's status is documented, and so is each member of its body.
    private func hold(_ method: String, _ path: String, _ status: Int, _ body: String) throws {
        let answers = try operation(method, path)["responses"]?.object
        let answer = try #require(
            schema.follow(answers?["\(status)"])?.object, "\(method) \(path): \(status) is not documented")
        let media = answer["content"]?.object?.members.first?.value.object
        guard let expected = media?["schema"] else { return }
        let value = try JSONParser.parse(Array(body.utf8).span)
        #expect(schema.faults(value, against: expected) == [], "\(method) \(path) \(status): \(body)")
    }

    @Test func itIsWhatItSaysItIs() throws {
        #expect(document["openapi"]?.text == "3.1.0")
        #expect(document["info"]?.object?["version"]?.text == BuildInfo.version)
        let tags = Set(document["tags"]?.elements?.compactMap { $0.object?["name"]?.text } ?? [])
        var names: Set<String> = []
        for path in document["paths"]?.object?.members ?? [] {
            #expect(path.value.object?["servers"]?.elements?.isEmpty == false, "\(path.key)")
            for member in path.value.object?.members ?? [] where ["get", "post", "delete"].contains(member.key) {
                let operation = try #require(member.value.object)
                let isNew = names.insert(operation["operationId"]?.text ?? "").inserted
                #expect(isNew, "\(path.key)")
                #expect(tags.contains(operation["tags"]?.elements?.first?.text ?? ""), "\(path.key)")
                #expect(operation["summary"]?.text?.isEmpty == false, "\(path.key)")
            }
        }
    }

    @Test func everyReferenceLeadsSomewhere() {
        func walk(_ value: JSONValue) {
            if let target = value.object?["$ref"]?.text {
                #expect(schema.follow(value) != nil, "\(target)")
            }
            for member in value.object?.members ?? [] { walk(member.value) }
            for element in value.elements ?? [] { walk(element) }
        }
        walk(.object(document))
    }

    /// All paths there are, and no others: whoever adds one adds it here and there.
    @Test func thePathsAreThoseOfTheCode() {
        let paths = Set(document["paths"]?.object?.members.map(\.key) ?? [])
        #expect(
            paths == [
                "/envoy/{path}", "/nginx", "/ingress-nginx", "/forward", "/v1/check", "/v1/release", "/v1/renew",
                "/v1/settle", "/healthz", "/readyz", "/metrics", "/.well-known/jwks.json",
                "/limits/{limit}/{subject}", "/docs", "/dashboard", "/openapi.json", "/dashboard.json", "/explain",
            ])
    }

    /// Each answer of a proxy's dialect: allowed, nobody, not permitted, and not understood.
    @Test func theChecksAnswerAsDocumented() throws {
        let cases: [(String, String, (String) -> [String])] = [
            ("/envoy/{path}", "GET /envoy", { _ in [] }),
            ("/nginx", "GET /nginx", { ["X-Original-Method: GET", "X-Original-URI: \($0)"] }),
            (
                "/ingress-nginx", "GET /ingress-nginx",
                { ["X-Original-Method: GET", "X-Original-URL: http://a.example\($0)"] }
            ),
            (
                "/forward", "GET /forward",
                { ["X-Forwarded-Method: GET", "X-Forwarded-Uri: \($0)", "X-Forwarded-Host: a.example"] }
            ),
        ]
        for (path, line, headers) in cases {
            let port = try CheckPort()
            for (target, keys, status) in [
                ("/invoke", [CheckPort.key], 200), ("/invoke", [], 401), ("/admin/x", [CheckPort.key], 403),
                ("/a/../b", [], 400), ("/dear", [CheckPort.key], 429),
            ] {
                let whole = path == "/envoy/{path}" ? line + target : line
                let answer = try port.ask(whole, headers(target) + keys)
                let isNginx = path.hasSuffix("nginx")
                #expect(
                    answer.status == (isNginx && status > 401 || isNginx && status == 400 ? 403 : status), "\(path)")
                try hold("get", path, answer.status, answer.body)
            }
        }
    }

    private func post(_ path: String, _ body: String, _ headers: [String] = []) throws -> Answer {
        try control.port.ask("POST \(path)", headers + ["Content-Length: \(body.utf8.count)"], body: body)
    }

    @Test func theDocumentsAnswerAsDocumented() throws {
        let key = #""headers":{"X-API-Key":"user-key-0123456789"}"#
        for (document, status) in [
            (#"{"method":"GET","path":"/invoke",\#(key)}"#, 200), (#"{"method":"GET","path":"/invoke"}"#, 401),
            (#"{"method":"GET","path":"/admin/x",\#(key)}"#, 403), ("{}", 400),
            (#"{"method":"GET","path":"/dear",\#(key)}"#, 429), (#"{"method":"GET","path":"/scoped",\#(key)}"#, 403),
        ] {
            let answer = try post("/v1/check", document)
            #expect(answer.status == status)
            try hold("post", "/v1/check", status, answer.body)
        }
        let allowed = try post("/v1/check", #"{"method":"GET","path":"/invoke",\#(key)}"#)
        let ticket = try #require(allowed.body.firstMatch(of: /"X-Postern-Ticket":"([A-Za-z0-9_-]+)"/)).1
        for (path, document, status) in [
            ("/v1/renew", #"{"ticket":"\#(ticket)"}"#, 200), ("/v1/release", #"{"ticket":"\#(ticket)"}"#, 200),
            ("/v1/settle", #"{"ticket":"\#(ticket)","cost":4}"#, 200),
            ("/v1/settle", #"{"ticket":"\#(ticket)","cost":5}"#, 409), ("/v1/release", "{}", 400),
            ("/v1/renew", "{}", 400), ("/v1/settle", "{}", 400), ("/v1/renew", #"{"ticket":"\#(ticket)"}"#, 410),
        ] {
            let answer = try post(path, document)
            #expect(answer.status == status, "\(path) \(answer.body)")
            try hold("post", path, status, answer.body)
        }
    }

    @Test func theProbesAnswerAsDocumented() throws {
        for path in ["/healthz", "/readyz", "/metrics", "/.well-known/jwks.json"] {
            let answer = try control.probe(path)
            try hold("get", path, answer.status, answer.text)
        }
        #expect(try control.probe("/dashboard").status == 404)
    }

    @Test func theControlListenerAnswersAsDocumented() throws {
        let question = #"{"method":"GET","path":"/invoke","api_key":"user-key-0123456789"}"#
        _ = try control.port.ask("GET /envoy/invoke", [CheckPort.key])
        for (path, methods) in [
            ("/limits/{limit}/{subject}", ["GET", "DELETE"]), ("/docs", ["GET"]), ("/dashboard", ["GET"]),
            ("/openapi.json", ["GET"]), ("/dashboard.json", ["GET"]), ("/explain", ["POST"]),
        ] {
            let real = path == "/limits/{limit}/{subject}" ? "/limits/role:user/u1" : path
            for method in ["GET", "POST", "DELETE"] {
                let answer = try control.ask(HTTPMethod(rawValue: method), real, body: question)
                #expect(answer.status == (methods.contains(method) ? 200 : 405), "\(method) \(path)")
                guard methods.contains(method) else { continue }
                try hold(method.lowercased(), path, 200, answer.text)
                let refused = try control.ask(HTTPMethod(rawValue: method), real, ["Host": "agent.example"])
                try hold(method.lowercased(), path, refused.status, refused.text)
                let unknown = try control.ask(HTTPMethod(rawValue: method), real, ["Host": "localhost"])
                let isOpen = ["/docs", "/dashboard"].contains(path)
                #expect(unknown.status == (isOpen ? 200 : 401))
                try hold(method.lowercased(), path, unknown.status, unknown.text)
            }
        }
        try hold("get", "/limits/{limit}/{subject}", 404, try control.ask(.GET, "/limits/nobody/x").text)
        try hold("post", "/explain", 400, try control.ask(.POST, "/explain", body: "{}").text)
    }
}
