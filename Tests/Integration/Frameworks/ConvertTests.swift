import Foundation
import Testing

/// `postern convert` of each framework's file: what it prints passes `check-config`, and a Postern that serves it
/// answers as one that serves the framework's own.
@Suite(.serialized, .needs(.postern, .frameworks))
struct ConvertTests {
    /// Every request of the parity tables: good credentials, none, wrong ones, roles and scopes that lack something,
    /// public paths.
    @Test(arguments: ["dockrion-keys", "dockrion-tokens", "agent-gateway", "agentflow", "agentflow-roles"])
    func answersTheSame(_ name: String) throws {
        let scratch = try ScratchFolder()
        let keys = try FrameworkKeys(scratch: scratch)
        let (table, orders, defaults) = try ParityTable.read(name)
        let kind = try #require(FrameworkKind(rawValue: table.kind))
        let both = try Converted(
            kind, keys.filled(table.text.joined(separator: "\n") + "\n"),
            environment: table.environment.mapValues(keys.filled), scratch: scratch)
        let tokens = try keys.tokens(orders, defaults: defaults)
        for (request, token) in zip(table.requests, tokens) {
            func filled(_ text: String) -> String { text.replacingOccurrences(of: "{token}", with: token) }
            let headers = (request.send ?? []).map { line -> HTTPClient.Header in
                let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), filled(String(parts[1].drop { $0 == " " })))
            }
            let answers = try both.ask(request.method ?? table.method, filled(request.path ?? table.path), headers)
            #expect(kind.outcome(answers.native) == request.postern ?? request.framework, "\(name): \(request.name)")
            #expect(said(answers.native) == said(answers.own), "\(name): \(request.name)")
        }
    }

    /// Roles, limits and strictness, which Dockrion's file documents and Dockrion does not hold.
    @Test func holdsTheSamePolicy() throws {
        let text = """
            version: '1.0'
            agent: {name: helper, handler: 'agent:handle', framework: custom}
            io_schema: {input: {type: object}, output: {type: object}}
            expose: {rest: true, streaming: sse}
            auth:
              mode: api_key
              strict: true
              api_keys: &keys {env_var: OPS_KEY, header: X-Ops}
              roles: [{name: default, permissions: [view_metrics]}]
              rate_limits: {default: 3/minute}

            """
        let both = try Converted(
            .dockrion, text, environment: ["OPS_KEY": "ops-key-0123456789"], scratch: try ScratchFolder())
        let good = [("X-Ops", "ops-key-0123456789")]
        for (method, path, headers, status) in [
            ("GET", "/metrics", good, 200), ("GET", "/metrics", [], 401),
            ("GET", "/metrics", [("X-Ops", "nobodys-key-0123456789")], 401), ("POST", "/invoke", good, 403),
            ("GET", "/docs", good, 403), ("GET", "/health", [], 200), ("GET", "/metrics", good, 200),
            ("GET", "/metrics", good, 200), ("GET", "/metrics", good, 429), ("GET", "/nowhere", good, 403),
        ] {
            let answers = try both.ask(method, path, headers)
            #expect(answers.native.status == status, "\(method) \(path)")
            #expect(said(answers.native) == said(answers.own), "\(method) \(path)")
        }
    }

    /// All of an answer that does not depend on its moment.
    private func said(_ answer: HTTPAnswer) -> String {
        let timed = ["date", "retry-after", "ratelimit", "ratelimit-policy", "x-ratelimit-reset"]
        let lines = answer.head.headers.filter { !timed.contains($0.name.lowercased()) }.map { "\($0): \($1)" }
        let body = answer.text
            .replacing(#/"timestamp":"[^"]*"/#, with: "").replacing(#/"retry_after":[0-9]+/#, with: "")
        return ([String(answer.status)] + lines + [body]).joined(separator: "\n")
    }
}

/// A Postern with a framework's file, and one with what `convert` makes of it.
private final class Converted {
    private let own: FrameworkPostern
    private let native: FrameworkPostern
    private let scratch: ScratchFolder

    init(_ kind: FrameworkKind, _ text: String, environment: [String: String], scratch: ScratchFolder) throws {
        self.scratch = scratch
        let file = try scratch.write(text, to: kind.file)
        let variables = environment.map { "\($0)=\($1)" }
        let program = try Tool.postern.locate()
        let made = try Command("env", variables + [program, "convert", file], scratch: scratch)
        try #require(made.status == 0, "\(made.errors)")
        let converted = try scratch.write(made.output, to: "postern.yaml")
        let check = try Command("env", variables + [program, "check-config", converted], scratch: scratch)
        try #require(check.status == 0, "\(check.errors)\n\(made.output)")
        // Of Postern's own kind now, and no framework's.
        #expect(check.output == "\(converted): ok\n")
        own = try FrameworkPostern(file, environment: environment, scratch: scratch)
        native = try FrameworkPostern(converted, environment: environment, scratch: scratch)
    }

    func ask(
        _ method: String, _ path: String, _ headers: [HTTPClient.Header]
    ) throws -> (own: HTTPAnswer, native: HTTPAnswer) {
        (
            try HTTPClient.once(port: own.port, method, "/envoy" + path, headers),
            try HTTPClient.once(port: native.port, method, "/envoy" + path, headers)
        )
    }
}
