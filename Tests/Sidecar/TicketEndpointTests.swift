import Bytes
import Domain
import Limits
import Telemetry
import Testing

@testable import Sidecar

/// A ticket's whole way: out on an allow, back by `/v1/…`, and what the limits say afterwards.
@Suite struct TicketEndpointTests {
    private static let yaml = """
        trusted_proxies: [loopback]
        auth:
          mode: api_key
          api_keys: {keys: [{id: u1, key: user-key-0123456789}]}
        routes: [{path: /chat}]
        limits:
          - {name: calls, per: subject, concurrency: 2, lease_seconds: 60}
          - {name: tokens, per: subject, rate: 100/day, settle: {estimate: 10, expires_seconds: 600, max_debt: 20}}
        """

    private let port: CheckPort

    init() throws { port = try CheckPort(Self.yaml) }

    private func check() throws -> Answer { try port.ask("GET /envoy/chat", ["X-API-Key: user-key-0123456789"]) }

    private func ticket() throws -> String { try #require(try check()["X-Postern-Ticket"]) }

    private func post(_ operation: String, _ ticket: String, _ rest: String = "") throws -> Answer {
        try port.post("/v1/\(operation)", #"{"ticket":"\#(ticket)"\#(rest)}"#)
    }

    @Test func aSlotIsTakenGivenBackAndTakenAgain() throws {
        let first = try ticket()
        _ = try ticket()
        let full = try check()
        #expect(full.status == 429)
        #expect(full["Retry-After"] == "1")
        #expect(full["RateLimit-Policy"]?.contains(#""calls";q=2;qu="concurrent-requests""#) == true)
        #expect(full["RateLimit"]?.contains(#""calls";r=0;t=60"#) == true)
        #expect(full.body.contains("As many requests as may be are under way at once."))
        let released = try post("release", first)
        #expect(released.status == 200 && released.body == #"{"released":1}"#)
        #expect(released["Content-Type"] == "application/json" && released["Cache-Control"] == "no-store")
        #expect(try post("release", first).body == #"{"released":0}"#)
        #expect(try check().status == 200)
    }

    @Test func aSlotIsRenewedWhileItIsHeld() throws {
        let ticket = try ticket()
        #expect(try post("renew", ticket).body == #"{"renewed":1}"#)
        _ = try post("release", ticket)
        let late = try post("renew", ticket)
        #expect(late.status == 410)
        #expect(late.body.contains(#""reason":"expired","renewed":0"#))
        #expect(late["Content-Type"] == "application/problem+json")
    }

    @Test func settlingRefundsOrChargesTheDifferenceOnce() throws {
        let ticket = try ticket()
        let settled = try post("settle", ticket, #","cost":4"#)
        #expect(settled.body == #"{"settled":[{"limit":"tokens","outcome":"done","refund":6,"overdrawn":0}]}"#)
        #expect(try post("settle", ticket, #","cost":4"#).body == settled.body, "again, the same")
        let other = try post("settle", ticket, #","costs":{"tokens":5}"#)
        #expect(other.status == 409)
        #expect(other.body.contains(#""settled":[{"limit":"tokens","outcome":"settled_differently"}]"#))
        #expect(try check()["RateLimit"]?.contains(#""tokens";r=86"#) == true, "100 - 4 - 10")
    }

    /// What it truly cost is charged, into debt if need be, and later checks wait it out.
    @Test func anUnderestimateIsADebt() throws {
        let ticket = try ticket()
        #expect(try post("settle", ticket, #","cost":115"#).body.contains(#""refund":-105,"overdrawn":0"#))
        let denied = try check()
        #expect(denied.status == 429)
        #expect(denied["RateLimit"]?.contains(#""tokens";r=0"#) == true)
        // 15 of debt and 10 to reserve, at one each 864 s.
        let wait = try #require(denied["Retry-After"].flatMap { Int($0) })
        #expect(wait > 24 * 864 && wait <= 25 * 864)
    }

    @Test func aTicketIsGoodForWhatItNamesOnly() throws {
        let ticket = try ticket()
        let read = Ticket(text: [UInt8](ticket.utf8).span)
        var forged = try #require(read)
        forged.id.low ^= 1
        #expect(try post("release", forged.text).body == #"{"released":0}"#)
        #expect(try post("renew", forged.text).status == 410)
        #expect(try post("settle", forged.text, #","cost":0"#).status == 410)
        #expect(try post("settle", ticket, #","cost":10"#).body.contains(#""refund":0"#))
    }

    @Test(arguments: ["release", "renew", "settle"])
    func answersNothingButAPostOfItsDocument(_ operation: String) throws {
        #expect(try port.ask("GET /v1/\(operation)").status == 400)
        let bad = try port.post("/v1/\(operation)", "{}")
        #expect(bad.status == 400)
        #expect(bad.body.contains("\"reason\":\"malformed_ticket\""))
        #expect(try port.post("/v1/\(operation)x", "{}").status == 404)
        // Behind a listener that is pinned to a proxy there is no such path.
        #expect(try CheckPort(Self.yaml, dialect: .envoy).post("/v1/\(operation)", "{}").status == 404)
        #expect(try CheckPort(Self.yaml, dialect: .json).post("/v1/\(operation)", "{}").status == 400)
    }

    /// Redis answers later, and what is pipelined behind waits in order.
    @Test func mayWaitForTheStore() throws {
        let port = try CheckPort(Self.yaml, hasSlowStore: true)
        _ = try port.ask("GET /envoy/chat", ["X-API-Key: user-key-0123456789"])
        let ticket = try #require(try port.settled()["X-Postern-Ticket"])
        let text = #"{"ticket":"\#(ticket)"}"#
        let request = "POST /v1/release HTTP/1.1\r\nHost: a\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)"
        #expect(try port.send(request + "GET /envoy/chat HTTP/1.1\r\nHost: a\r\n\r\n").isEmpty)
        let answers = try port.settled().text
        #expect(answers.contains(#"{"released":1}HTTP/1.1 401"#))
    }

    @Test func operationsAreCounted() throws {
        let ticket = try ticket()
        _ = try post("settle", ticket, #","cost":4"#)
        _ = try post("release", ticket)
        _ = try port.post("/v1/renew", "{}")
        var text = PrometheusText()
        port.worker.tickets.write(to: &text)
        let lines = String(decoding: text.bytes, as: UTF8.self).split(separator: "\n")
        for line in [
            "postern_tickets_issued_total 1",
            #"postern_ticket_operations_total{operation="settle",outcome="done"} 1"#,
            #"postern_ticket_operations_total{operation="release",outcome="done"} 1"#,
            #"postern_ticket_operations_total{operation="renew",outcome="malformed_ticket"} 1"#,
            #"postern_settled_tokens_total{direction="refunded"} 6"#,
        ] { #expect(lines.contains { $0 == line }, "\(line)") }
    }
}
