import Bytes
import Domain
import Limits
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Sidecar

/// Looking at a bucket and resetting it: who may, and that it is the very bucket that checks spend from.
@Suite struct ControlTests {
    static let token = "control-token-0123456789-0123456789"
    static let yaml = """
        trusted_proxies: [loopback]
        admin: {control: "unix:/run/postern-test/control.sock", token: \(token)}
        auth:
          mode: api_key
          public_paths: [/health]
          api_keys:
            keys: [{id: u1, key: user-key-0123456789, subject: "auth0|ü/1", roles: [user], tenant: acme}]
          roles: [{name: user}]
          rate_limits: {user: 100/hour}
        routes: [{path: /a}, {path: /b, name: bee}]
        limits:
          - {name: per-key, per: key, rate: 100/hour}
          - {name: per-tenant, per: tenant, rate: 100/hour}
          - {name: per-role, per: role, rate: 100/hour}
          - {name: per-route, per: route, rate: 100/hour}
          - {name: per-address, per: address, rate: 100/hour}
          - {name: everybody, per: global, rate: 100/hour}
          - {name: calls, per: subject, concurrency: 4, lease_seconds: 60}
          - {name: monthly, per: subject, rate: 100/month, window: calendar}
          - {name: tokens, per: subject, rate: 100/day, settle: {estimate: 9, expires_seconds: 60}}
        """

    private let port: CheckPort
    private let reports: ControlReports

    init() throws {
        port = try CheckPort(Self.yaml)
        reports = ControlReports(
            pool: WorkerPool([port.worker]), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private static let good: HTTPHeaders = ["Host": "localhost", "Authorization": "Bearer \(token)"]

    private func ask(
        _ method: HTTPMethod, _ uri: String, _ headers: HTTPHeaders = good
    ) throws -> (status: UInt, text: String, report: AdminReport) {
        let loop = port.channel.embeddedEventLoop
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: headers)
        let answer = reports.report(head, on: loop)
        loop.run()
        let report = try answer.wait()
        return (report.status.code, String(decoding: report.body, as: UTF8.self), report)
    }

    private func spend() throws {
        let answer = try port.ask("GET /envoy/b", ["X-API-Key: user-key-0123456789", "X-Forwarded-For: 203.0.113.9"])
        #expect(answer.status == 200)
    }

    @Test(arguments: [
        ("role:user", "auth0%7C%C3%BC%2F1", "used\":1"), ("per-key", "u1", "used\":1"),
        ("per-tenant", "acme", "used\":1"), ("per-role", "user", "used\":1"), ("per-route", "bee", "used\":1"),
        ("per-address", "203.0.113.9", "used\":1"), ("everybody", "-", "used\":1"),
        ("calls", "auth0%7C%C3%BC%2F1", "used\":1,\"left\":3"),
        ("monthly", "auth0%7C%C3%BC%2F1?method=api_key", "used\":1,\"left\":99"),
        ("tokens", "auth0%7C%C3%BC%2F1", "used\":9,\"left\":91"),
    ])
    func showsAndResetsTheBucketThatIsSpentFrom(_ limit: String, _ subject: String, _ used: String) throws {
        let uri = "/limits/\(limit)/\(subject)"
        #expect(try ask(.GET, uri).text.contains("\"state\":\"unused\""))
        try spend()
        let shown = try ask(.GET, uri)
        #expect(shown.status == 200)
        #expect(shown.text.contains(used), "\(shown.text)")
        #expect(shown.text.contains("\"state\":\"in_use\""))
        #expect(try ask(.DELETE, uri).text.contains("\"reset\":true"))
        #expect(try ask(.GET, uri).text.contains("\"state\":\"unused\""))
        #expect(try ask(.DELETE, uri).text.contains("\"reset\":false"))
        // Somebody else's is another.
        #expect(try ask(.GET, "/limits/per-key/u2").text.contains("\"state\":\"unused\""))
    }

    @Test func answersTheBearerOfItsTokenOnly() throws {
        for headers: HTTPHeaders in [
            ["Host": "localhost"], ["Host": "localhost", "Authorization": "Bearer "],
            ["Host": "localhost", "Authorization": "Bearer \(Self.token)x"],
            ["Host": "localhost", "Authorization": "Basic \(Self.token)"],
            ["Host": "localhost", "Authorization": Self.token],
            HTTPHeaders([("Host", "a"), ("Host", "localhost"), ("Authorization", "Bearer \(Self.token)")]),
            HTTPHeaders(
                [("Host", "localhost")] + Array(repeating: ("Authorization", "Bearer \(Self.token)"), count: 2)),
        ] {
            let answer = try ask(.DELETE, "/limits/per-key/u1", headers)
            #expect(answer.status == 401 || answer.status == 403)
            #expect(!answer.text.contains(Self.token))
        }
        let lower: HTTPHeaders = ["host": "127.0.0.1:9193", "authorization": "bearer \(Self.token)"]
        #expect(try ask(.GET, "/limits/per-key/u1", lower).status == 200)
    }

    @Test(arguments: [
        "agent.example", "localhost.agent.example", "127.0.0.1.agent.example", "[::1]x", "", "127.0.0.1:x",
    ])
    func refusesAPageUnderAnotherName(_ host: String) throws {
        let headers: HTTPHeaders = ["Host": host, "Authorization": "Bearer \(Self.token)"]
        #expect(try ask(.GET, "/limits/per-key/u1", headers).status == 403)
    }

    @Test func refusesWhatHasAnOrigin() throws {
        var headers = Self.good
        headers.add(name: "Origin", value: "http://localhost")
        #expect(try ask(.GET, "/limits/per-key/u1", headers).status == 403)
    }

    @Test func isNotThereWithoutAToken() throws {
        let admin = "admin: {control: \"unix:/run/postern-test/control.sock\", token: \(Self.token)}\n"
        try port.install(Self.yaml.replacing(admin, with: ""))
        #expect(try ask(.GET, "/limits/per-key/u1").status == 404)
    }

    @Test(
        arguments: [
            ("/limits/nobody/u1", 404), ("/limits", 404), ("/limits//u1", 404), ("/limits/per-key/u1/x", 404),
            ("/metrics", 404), ("/limits/per-key/%zz", 404), ("/limits/per-key/%ff", 404),
            ("/limits/per-key/u1?x=1", 404),
            ("/limits/per-address/nowhere", 400), ("/limits/dpop:proof/x", 404),
        ] as [(String, UInt)])
    func saysWhatItCannotFind(_ uri: String, _ status: UInt) throws {
        #expect(try ask(.GET, uri).status == status)
    }

    @Test func changesNothingByAnyOtherMethod() throws {
        try spend()
        let answer = try ask(.POST, "/limits/per-key/u1")
        #expect(answer.status == 405 && answer.report.allow == "GET, HEAD, DELETE")
        #expect(try ask(.GET, "/limits/per-key/u1").text.contains("\"used\":1"))
    }

    @Test(arguments: ["u1", "auth0|ü/1", "%2F", "a b?c&d=e#f", "-", "..", "."])
    func aPathReadsAsItWasWritten(_ subject: String) {
        let name = BucketName(limit: "role:user", subject: subject, method: "jwt", issuer: "https://a/?b=c&d")
        let path = ControlPath(ControlPath.text(name))?.name
        #expect(path?.limit == name.limit && path?.subject == name.subject)
        #expect(path?.method == name.method && path?.issuer == name.issuer)
    }

    /// Where several may mean somebody by one name, it must be said who.
    @Test func asksWhoVouchesWhereSeveralMay() throws {
        let port = try CheckPort(
            TestToken.yaml(
                mode: "composite",
                auth: [
                    "providers: [api_key, jwt]", "api_keys: {keys: [{id: u1, key: user-key-0123456789}]}",
                ]))
        let snapshot = port.worker.gate.snapshot
        func resolve(_ method: String?, _ issuer: String? = nil) throws -> BucketKey {
            try BucketName(limit: "role:user", subject: "alice", method: method, issuer: issuer).resolve(
                under: snapshot
            ).key
        }
        #expect(throws: BucketName.Fault.self) { try resolve(nil) }
        #expect(try resolve("api_key") != resolve("jwt"))
        #expect(try resolve("jwt") == resolve("jwt", TestToken.issuer))
    }
}
