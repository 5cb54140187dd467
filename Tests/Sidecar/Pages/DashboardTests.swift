import Bytes
import NIOHTTP1
import Testing

@testable import Sidecar

/// `/dashboard.json`: counters and the most limited, after checks that are known.
@Suite struct DashboardTests {
    private static let admin =
        "admin: {control: \"127.0.0.1:9193\", token: \(ControlPort.token), pages: true}\n"
    private let control: ControlPort

    init() throws { control = try ControlPort(Self.admin + CheckPort.demo) }

    private func dashboard() throws -> JSONObject { try control.ask(.GET, "/dashboard.json").json }

    private func subjects(_ document: JSONObject) -> [String] {
        (document["limited"]?.object?["subjects"]?.elements ?? []).compactMap(\.object).map { one in
            let count = { (name: String) -> Int64 in if case .number(let n)? = one[name] { n.integer ?? 0 } else { 0 } }
            let words = ["limit", "per", "subject"].map { one[$0]?.text ?? "?" }
            return words.joined(separator: " ") + " \(count("at_least"))-\(count("at_most"))"
        }
    }

    @Test func countsWhatWasAnsweredAndWhoWasRefused() throws {
        for _ in 0..<5 { _ = try control.port.ask("GET /envoy/invoke", [CheckPort.key]) }
        _ = try control.port.ask("GET /envoy/invoke")
        let document = try dashboard()
        let checks = document["checks"]?.object
        #expect(checks?["allow"] == .number(JSONNumber(3)))
        let denied = JSONObject([("no_credential", .number(JSONNumber(1))), ("over_limit", .number(JSONNumber(2)))])
        #expect(checks?["deny"] == .object(denied))
        #expect(subjects(document) == ["role:user subject u1 2-2"])
        #expect(document["store"]?.object?["state"]?.text == "memory")
    }

    /// Refusals of limits only, and of limits that are enforced.
    @Test func showsNobodyForWhatIsNoLimits() throws {
        _ = try control.port.ask("GET /envoy/admin/x", [CheckPort.key])
        for _ in 0..<3 { _ = try control.port.ask("GET /envoy/invoke", [CheckPort.key]) }
        #expect(subjects(try dashboard()).isEmpty)
    }

    @Test func saysWhoseBucketItIsForEveryKindOfLimit() throws {
        let yaml = """
            trusted_proxies: [loopback]
            auth:
              mode: api_key
              api_keys: {keys: [{id: k1, key: user-key-0123456789, subject: alice, roles: [user], tenant: acme}]}
              roles: [{name: user}]
            routes: [{path: /a}]
            """
        for (per, name) in [
            ("subject", "alice"), ("key", "k1"), ("tenant", "acme"), ("role", "user"), ("route", "/a"),
            ("global", "-"), ("address", "203.0.113.9"),
        ] {
            let limits = "\nlimits: [{name: one, per: \(per), rate: 1/hour}]\n"
            let control = try ControlPort(Self.admin + yaml + limits)
            for _ in 0..<3 {
                _ = try control.port.ask("GET /envoy/a", [CheckPort.key, "X-Forwarded-For: 203.0.113.9"])
            }
            let document = try control.ask(.GET, "/dashboard.json").json
            #expect(subjects(document) == ["one \(per) \(name) 2-2"], "\(per)")
        }
    }

    @Test func rememberNobodyWhileThereIsNoPage() throws {
        try control.port.install(Self.admin.replacing("pages: true", with: "pages: false") + CheckPort.demo)
        #expect(control.port.worker.limited == nil)
        for _ in 0..<5 { _ = try control.port.ask("GET /envoy/invoke", [CheckPort.key]) }
        try control.port.install(Self.admin + CheckPort.demo)
        #expect(subjects(try dashboard()).isEmpty)
        _ = try control.port.ask("GET /envoy/invoke", [CheckPort.key])
        #expect(subjects(try dashboard()) == ["role:user subject u1 1-1"])
    }
}
