import Domain
import Foundation
import Logging
import Telemetry
import Testing

@testable import Sidecar

/// What of a finished check is recorded, and that nothing secret ever is.
@Suite struct AuditObserverTests {
    /// Every line that `body` brought about, as objects; the chain's own lines left out.
    private func records(
        _ yaml: String = CheckPort.demo + "\naudit: {stdout: true, allowed: 1}",
        authenticators: [TestAuthenticator] = [],
        logger: Logger = CapturedLog().logger, _ body: (CheckPort) throws -> Void
    ) throws -> (lines: [[String: Any]], text: String) {
        let file = try TemporaryFile()
        let log = try AuditLog(.file(file.path), key: nil, replica: "test", logger: CapturedLog().logger)
        try body(try CheckPort(yaml, authenticators: authenticators, audit: log, logger: logger))
        #expect(log.close())
        let text = file.text
        let lines = try text.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        return (lines.filter { $0["decision"] != nil }, text)
    }

    @Test func recordsWhoAskedForWhatAndWhatCameOfIt() throws {
        let (lines, text) = try records { port in
            _ = try port.ask("GET /envoy/invoke?secret=1", [CheckPort.key, "X-Forwarded-For: 203.0.113.9"])
            _ = try port.ask("GET /envoy/admin/x?secret=1", [CheckPort.key])
        }
        #expect(lines.count == 2)
        let (allowed, denied) = (try #require(lines.first), try #require(lines.last))
        #expect(allowed["decision"] as? String == "allow")
        #expect(allowed["path"] as? String == "/invoke")
        #expect(allowed["route"] as? String == "/invoke")
        #expect(text.contains("203.0.113.9"))
        #expect(text.contains("\"u1\""))
        #expect(text.contains("role:user"))
        #expect(denied["decision"] as? String == "deny")
        #expect(denied["reason"] as? String == "permission_missing")
        #expect(!text.contains("secret"))
    }

    /// A refused credential is nobody's: no claim of it stands for a name, and no byte of it is written.
    @Test func noSecretIsInARecord() throws {
        let (good, bad) = (TestToken.made("\"roles\":[\"user\"]"), TestToken.bad())
        let keys = "api_keys: {keys: [{id: u1, key: user-key-0123456789, roles: [user]}]}"
        let yaml = TestToken.yaml(
            mode: "composite", auth: ["providers: [api_key, jwt]", keys], rest: "audit: {stdout: true, allowed: 1}")
        let (lines, text) = try records(yaml) { port in
            for header in [TestToken.bearer(good), TestToken.bearer(bad), CheckPort.key, "X-API-Key: nobody-has-this"] {
                for path in ["/invoke?api_key=in-the-query", "/health", "/any", "/a%2fb?t=in-the-query"] {
                    _ = try port.ask("POST /envoy\(path)", [header, "Cookie: session=in-a-cookie"])
                }
            }
            _ = try port.send("GET /envoy/any HTTP/1.1\r\nHost : a\r\nX-API-Key: user-key-0123456789\r\n\r\n")
        }
        #expect(lines.count == 17)
        for secret in [
            "user-key-0123456789", "nobody-has-this", "in-the-query", "in-a-cookie", TestToken.secret,
        ] + good.split(separator: ".").map(String.init) + bad.split(separator: ".").map(String.init) {
            #expect(!text.contains(secret), "\(secret)")
        }
        #expect(text.contains("bad_signature"))
        #expect(!text.contains("mallory"))
    }

    /// The ranges of a request before it are not taken for ranges of one that could not be understood, where they would
    /// lie on whatever its headers hold: 25 puts the host there, 60 the path.
    @Test(arguments: [25, 60])
    func whatCouldNotBeUnderstoodNamesNothing(_ length: Int) throws {
        let (key, log) = ("X-API-Key: user-key-0123456789", CapturedLog())
        let (lines, text) = try records(logger: log.logger) { port in
            for request in ["GET /other", "POST /v1/check"] {
                _ = try port.ask("GET /envoy/" + String(repeating: "a", count: length))
                #expect([400, 404].contains(try port.ask(request, [key, key]).status))
            }
        }
        #expect(lines.count == 4)
        #expect(log.lines.count == 4)
        for line in log.lines + [text] { #expect(!line.contains("user-key") && !line.contains("X-API-Key")) }
    }

    @Test func anAnswerThatWasWaitedForIsRecordedToo() throws {
        let vouch = TestAuthenticator(always: TestAuthenticator.identified())
        let yaml = TestAuthenticator.yaml(rest: "audit: {stdout: true, allowed: 1}")
        let (lines, text) = try records(yaml, authenticators: [vouch]) { port in
            _ = try port.ask("GET /envoy/invoke?secret=1", ["Authorization: Bearer a-credential-of-yours"])
            #expect(try port.settled().status == 200)
        }
        #expect(lines.count == 1)
        #expect(lines.first?["path"] as? String == "/invoke")
        #expect(text.contains("\"bob\""))
        #expect(!text.contains("a-credential-of-yours"))
        #expect(!text.contains("secret"))
    }

    @Test func allowsAreRecordedAsTheConfigurationSays() throws {
        let (lines, _) = try records(CheckPort.demo) { port in
            for _ in 0..<3 { _ = try port.ask("GET /envoy/health") }
            _ = try port.ask("GET /envoy/invoke")
        }
        #expect(lines.map { $0["decision"] as? String } == ["deny"])
    }
}
