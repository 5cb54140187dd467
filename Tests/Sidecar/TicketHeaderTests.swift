import Bytes
import Domain
import Limits
import Testing

@testable import Sidecar

/// What an allowed check holds, and how much it reserved for it.
@Suite struct TicketHeaderTests {
    static let yaml = """
        trusted_proxies: [loopback]
        reserve_header: X-Postern-Reserve
        bounds: {max_cost: 50}
        auth:
          mode: api_key
          public_paths: [/health]
          api_keys:
            keys:
              - {id: u1, key: user-key-0123456789, roles: [user]}
              - {id: o1, key: other-key-0123456789, roles: [other]}
          roles: [{name: user}, {name: other}]
        routes:
          - {path: /chat}
          - {path: /long, reserve: {tokens: 20}}
          - {path: /list, cost: 0}
        limits:
          - {name: tokens, per: subject, roles: [user], rate: 100/day, settle: {estimate: 5, expires_seconds: 600}}
          - {name: money, per: subject, roles: [user], rate: 100/day, settle: {estimate: 1, expires_seconds: 600}}
          - {name: requests, per: subject, rate: 100/day}
        """
    static let key = "X-API-Key: user-key-0123456789"

    private func left(_ answer: Answer) -> [String: Int] {
        var left: [String: Int] = [:]
        for item in answer.list("RateLimit") {
            let parts = item.split(separator: ";")
            left[String(parts[0].filter { $0 != "\"" })] = Int(parts[1].dropFirst(2))
        }
        return left
    }

    private func removed(_ answer: Answer) -> [String] {
        answer.list("x-envoy-auth-headers-to-remove").map { $0.lowercased() }
    }

    @Test func anAllowThatHoldsSomethingHasATicketAndDoesNotRemoveIt() throws {
        let port = try CheckPort(Self.yaml)
        let answer = try port.ask("GET /envoy/chat", [Self.key])
        let read = Ticket(text: [UInt8]((answer["X-Postern-Ticket"] ?? "").utf8).span)
        let ticket = try #require(read)
        #expect(ticket.holdings.map(\.limit) == ["tokens", "money"].map(Limit.key(of:)))
        #expect(!removed(answer).contains("x-postern-ticket"))
        #expect(removed(answer).contains("x_postern_ticket"))
        #expect(port.worker.tickets.issued == 1)
        let again = try port.ask("GET /envoy/chat", [Self.key])
        #expect(again["X-Postern-Ticket"] != answer["X-Postern-Ticket"])
    }

    @Test func anAllowThatHoldsNothingRemovesAClientsOwn() throws {
        let port = try CheckPort(Self.yaml)
        for (target, headers) in [
            ("/health", []), ("/chat", ["X-API-Key: other-key-0123456789"]), ("/list", [Self.key]),
        ] {
            let answer = try port.ask("GET /envoy\(target)", headers)
            #expect(answer.status == 200)
            #expect(answer.count("X-Postern-Ticket") == 0)
            #expect(removed(answer).contains("x-postern-ticket"), "\(target)")
        }
        #expect(port.worker.tickets.issued == 0)
        // Where nothing is ever held, too.
        #expect(removed(try CheckPort().ask("GET /envoy/invoke", [CheckPort.key])).contains("x-postern-ticket"))
    }

    @Test func otherProxiesHearItOnceOrBlank() throws {
        let port = try CheckPort(Self.yaml)
        let forward = ["X-Forwarded-Method: GET", "X-Forwarded-Host: a"]
        let held = try port.ask("GET /forward", forward + ["X-Forwarded-Uri: /chat", Self.key])
        #expect(held.count("X-Postern-Ticket") == 1 && held["X-Postern-Ticket"]?.isEmpty == false)
        let free = try port.ask("GET /forward", forward + ["X-Forwarded-Uri: /health"])
        #expect(free.count("X-Postern-Ticket") == 1 && free["X-Postern-Ticket"] == "")
    }

    @Test func aDocumentSetsIt() throws {
        let port = try CheckPort(Self.yaml)
        let held = try port.post(
            "/v1/check", #"{"method":"GET","path":"/chat","headers":{"x-api-key":"user-key-0123456789"}}"#)
        #expect(held.body.contains("\"X-Postern-Ticket\":\"A"))
        let free = try port.post("/v1/check", #"{"method":"GET","path":"/health"}"#)
        #expect(free.body.contains("\"X-Postern-Ticket\"]"))
    }

    @Test func aDenialHasNone() throws {
        let port = try CheckPort(Self.yaml)
        let answer = try port.ask("GET /envoy/chat", [Self.key, "X-Postern-Reserve: 50"])
        #expect(answer.status == 200)
        #expect(try port.ask("GET /envoy/chat", [Self.key, "X-Postern-Reserve: 50"]).status == 200)
        let denied = try port.ask("GET /envoy/chat", [Self.key, "X-Postern-Reserve: 1"])
        #expect(denied.status == 429)
        #expect(denied["X-Postern-Ticket"] == nil)
    }

    @Test func reservesWhatTheProxySaysElseTheRouteElseTheEstimate() throws {
        func spent(_ target: String, _ headers: [String] = []) throws -> [String: Int] {
            let answer = try CheckPort(Self.yaml).ask("GET /envoy\(target)", [Self.key] + headers)
            #expect(answer.status == 200)
            return left(answer).mapValues { 100 - $0 }
        }
        #expect(try spent("/chat") == ["tokens": 5, "money": 1, "requests": 1])
        #expect(try spent("/long") == ["tokens": 20, "money": 1, "requests": 1])
        #expect(try spent("/list") == ["tokens": 0, "money": 0, "requests": 0])
        #expect(try spent("/long", ["X-Postern-Reserve: 50"]) == ["tokens": 50, "money": 50, "requests": 1])
        #expect(
            try spent("/long", ["x-postern-reserve: money=7 ,\ttokens=0"])
                == ["tokens": 0, "money": 7, "requests": 1])
        #expect(try spent("/long", ["X-Postern-Reserve: money=7"]) == ["tokens": 20, "money": 7, "requests": 1])
    }

    @Test(arguments: [
        "-1", "+1", "1.0", "1e1", "51", "99999999999999999999", "", "x", "tokens", "tokens=", "=1", "tokens=51",
        "tokens=1,tokens=1", "tokens=1,", "requests=1", "nobody=1", "tokens = 1", "1,2",
    ])
    func refusesAReservationThatIsNone(_ value: String) throws {
        let answer = try CheckPort(Self.yaml).ask("GET /envoy/chat", [Self.key, "X-Postern-Reserve: \(value)"])
        #expect(answer.status == 400)
        #expect(answer.body.contains("\"malformed_reservation\""))
    }

    @Test func readsTheHeaderOnceFromTrustedProxiesOnlyAndOnlyWhereConfigured() throws {
        let two = ["X-Postern-Reserve: 1", "X-Postern-Reserve: 1"]
        #expect(try CheckPort(Self.yaml).ask("GET /envoy/chat", [Self.key] + two).status == 400)
        let stranger = try CheckPort(Self.yaml, peer: ClientAddress(ipv4: 0xC633_6401))
        #expect(left(try stranger.ask("GET /envoy/chat", [Self.key, "X-Postern-Reserve: 0"]))["tokens"] == 95)
        let off = try CheckPort(Self.yaml.replacing("reserve_header: X-Postern-Reserve\n", with: ""))
        #expect(left(try off.ask("GET /envoy/chat", [Self.key, "X-Postern-Reserve: 0"]))["tokens"] == 95)
    }

    /// The document is the caller's word, the headers in it are its client's.
    @Test func aDocumentReservesByAMemberOfItsOwn() throws {
        func ask(_ rest: String, peer: UInt32 = 0x7F00_0001) throws -> Answer {
            let text = #"{"method":"GET","path":"/chat","headers":{"x-api-key":"user-key-0123456789","#
            let port = try CheckPort(Self.yaml, peer: ClientAddress(ipv4: peer))
            return try port.post("/v1/check", text + #""x-postern-reserve":"0"}"# + rest + "}")
        }
        #expect(left(try ask(""))["tokens"] == 95)
        #expect(left(try ask(#","reserve":9"#))["tokens"] == 91)
        #expect(left(try ask(#","reserve":{"tokens":9}"#)) == ["tokens": 91, "money": 99, "requests": 99])
        for bad in [#""9""#, "-1", "1.5", "1e1", "[]", #"{"nobody":1}"#, #"{"tokens":"1"}"#, "51"] {
            #expect(try ask(#","reserve":\#(bad)"#).status == 400, "\(bad)")
        }
        #expect(left(try ask(#","reserve":9"#, peer: 0xC633_6401))["tokens"] == 95)
    }
}

extension CheckPort {
    func post(_ target: String, _ text: String) throws -> Answer {
        try ask("POST \(target)", ["Content-Length: \(text.utf8.count)"], body: text)
    }
}
