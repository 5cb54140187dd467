import Bytes
import Domain
import Testing

@testable import Telemetry

@Suite struct AuditRecordTests {
    private func body(_ record: AuditRecord, _ text: String) -> String {
        var writer = ByteWriter()
        writer.write(body: record, Array(text.utf8).span)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// One record with everything in it. Whoever reads audit logs by program reads this.
    @Test func aDenialIsWrittenWhole() {
        let text = "POST /invoke agent.example"
        var request = CheckRequest(dialect: .envoy)
        request.method = .post
        request.path = ByteRange(start: 5, count: 7)
        request.host = ByteRange(start: 13, count: 13)
        request.address = ClientAddress(ipv4: 0xCB00_7107)
        let principal = Principal(
            method: .jwt, issuer: "https://id.example", subject: "ali\u{E7}e\"\u{1F600}", keyID: "k1",
            email: "a@b.example", name: "Alice", tenant: "acme", roles: ["user"])
        let record = AuditRecord(
            time: 1_798_761_599_007, decision: .deny(.overLimit), request: request, dialect: .envoy,
            principal: principal, route: "/invoke", fault: .fixed("expired"), claim: "exp", cost: 3,
            limits: [
                AuditLimit(name: "tenant", fits: true, remaining: 12, waitSeconds: 1),
                AuditLimit(name: "user", fits: false, remaining: 0, waitSeconds: 36),
                AuditLimit(name: "probe", fits: false, enforced: false),
            ], latencyNanoseconds: 1_234_567)
        let expected = """
            "kind":"check","time":"2026-12-31T23:59:59.007Z","decision":"deny","reason":"over_limit",\
            "fault":"expired","claim":"exp","dialect":"envoy","address":"203.0.113.7","method":"POST",\
            "host":"agent.example","path":"/invoke","route":"/invoke","auth":"jwt","issuer":"https://id.example",\
            "subject":"ali\\u00E7e\\"\\uD83D\\uDE00","key_id":"k1","tenant":"acme","cost":3,"limits":[\
            {"fits":true,"name":"tenant","remaining":12,"wait_s":1},\
            {"fits":false,"name":"user","remaining":0,"wait_s":36},{"fits":false,"name":"probe","shadow":true}],\
            "latency_us":1234

            """
        #expect(body(record, text) == expected)
    }

    @Test func whatIsUnknownHasNoMember() {
        let record = AuditRecord(time: 0, decision: .deny(.malformedRequest))
        let expected = """
            "kind":"check","time":"1970-01-01T00:00:00.000Z","decision":"deny","reason":"malformed_request",\
            "latency_us":0

            """
        #expect(body(record, "") == expected)
    }

    /// Dialects cut the query off; the record does not rely on it (gate.md 23).
    @Test(arguments: [
        ("/a?access_token=secret", "\"path\":\"/a\""), ("/a#access_token=secret", "\"path\":\"/a\""),
        ("https://u:secret@h/?secret", "\"path_bytes\":26"), ("?secret", "\"path_bytes\":7"),
    ])
    func aQueryIsNeverWritten(_ target: String, _ path: String) {
        let text = body(record(target), target)
        #expect(text.contains(path))
        #expect(!text.contains("secret"))
    }

    @Test func aHostIsWrittenWithoutItsPassword() {
        let host = "user:secret@agent.example"
        var record = AuditRecord()
        record.request.host = ByteRange(start: 0, count: host.utf8.count)
        let text = body(record, host)
        #expect(text.contains("\"host\":\"agent.example\""))
        #expect(!text.contains("secret"))
    }

    @Test func longTextIsCutBetweenCharactersAndSaysSo() {
        let path = "/" + String(repeating: "\u{E9}", count: 1_000)
        let text = body(record(path), path)
        // 1,024 bytes end within the 512th é.
        #expect(text.contains("\"path\":\"/" + String(repeating: "\\u00E9", count: 511) + "\",\"path_bytes\":2001"))
    }

    /// Nothing a client sends can end a line, or reach the terminal of whoever reads it.
    @Test func everyByteBecomesPrintableASCII() {
        let bytes = [UInt8(0x2F)] + (0...255).filter { $0 != 0x3F && $0 != 0x23 }
        var record = record("")
        record.request.path = ByteRange(start: 0, count: bytes.count)
        var writer = ByteWriter()
        writer.write(body: record, bytes.span)
        #expect(writer.bytes.last == 0x0A)
        #expect(writer.bytes.dropLast().allSatisfy { (0x20...0x7E).contains($0) })
        #expect(
            String(decoding: writer.bytes, as: UTF8.self).contains("\\u007F" + String(repeating: "\\uFFFD", count: 2)))
    }

    /// The worst a record can be still fits a line that verification takes.
    @Test func theLongestRecordFitsALine() {
        let long = String(repeating: "\u{1}", count: 4_096)
        let bytes = "/" + long
        var request = CheckRequest(dialect: .ingressNginx)
        request.method = .other
        request.methodName = ByteRange(start: 1, count: 4_096)
        request.host = ByteRange(start: 1, count: 4_096)
        request.path = ByteRange(start: 0, count: 4_097)
        request.address = ClientAddress(high: .max, low: .max)
        let principal = Principal(
            method: AuthenticationMethod(rawValue: long), issuer: long, subject: long, keyID: long, tenant: long)
        let limit = AuditLimit(name: long, fits: false, enforced: false, remaining: .min, waitSeconds: .max)
        let record = AuditRecord(
            time: .max, decision: .deny(.authorizationUnavailable), request: request, dialect: .ingressNginx,
            principal: principal, route: long, fault: .text(long), claim: long, cost: .min,
            limits: ContiguousArray(repeating: limit, count: 100), latencyNanoseconds: .max)
        let text = body(record, bytes)
        #expect(text.utf8.count < AuditLine.bytesMax - 200)
        #expect(text.contains("\"time\":\"9999-12-31T23:59:59.999Z\""))
    }

    @Test func rangesOutsideOfTheBytesAreNotFollowed() {
        var record = record("/a")
        record.request.path = ByteRange(start: 1, count: 50)
        record.request.host = ByteRange(start: 100, count: 1)
        #expect(!body(record, "/a").contains("host"))
        #expect(!body(record, "/a").contains("path"))
    }

    @Test(
        arguments: [
            ("::", 0, 0), ("::1", 0, 1), ("2001:db8::1", 0x2001_0db8_0000_0000, 1),
            ("2001:db8:0:1:1:1:1:1", 0x2001_0db8_0000_0001, 0x0001_0001_0001_0001),
            ("2001:0:0:1::1", 0x2001_0000_0000_0001, 1),
            ("2001:db8::1:0:0:1", 0x2001_0db8_0000_0000, 0x0001_0000_0000_0001),
            ("fe80::", 0xfe80_0000_0000_0000, 0), ("10.0.0.255", 0, 0x0000_ffff_0a00_00ff),
            ("1:2:3:4:5:6:7:8", 0x0001_0002_0003_0004, 0x0005_0006_0007_0008), ("0:0:0:1::", 1, 0),
        ] as [(String, UInt64, UInt64)])
    func addressesHaveOneForm(_ text: String, _ high: UInt64, _ low: UInt64) {
        var writer = ByteWriter()
        writer.write(address: ClientAddress(high: high, low: low))
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }
}

@Suite struct AuditSamplingTests {
    @Test func everyDenialIsWanted() throws {
        let log = AuditLog(
            AuditFile(descriptor: -1), key: nil, replica: "r", queueBytes: 0, logger: LogCapture().logger)
        var writer = AuditWriter(log, allowedShare: 0)
        var denials = 0
        for reason in DenyReason.allCases where writer.wants(.deny(reason)) { denials += 1 }
        #expect(denials == DenyReason.allCases.count)
        let none = writer.wants(.allow)
        writer.setAllowedShare(1)
        let all = writer.wants(.allow)
        #expect(!none && all)
        log.close(seconds: 0)
    }

    @Test func allowsAreSampled() throws {
        let log = AuditLog(
            AuditFile(descriptor: -1), key: nil, replica: "r", queueBytes: 0, logger: LogCapture().logger)
        var writer = AuditWriter(log, allowedShare: 0.01, seed: 7)
        var taken = 0
        for _ in 0..<100_000 where writer.wants(.allow) { taken += 1 }
        // Within five standard deviations of 1,000.
        #expect((842...1_158).contains(taken))
        log.close(seconds: 0)
    }
}
