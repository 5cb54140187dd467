import Domain
import Foundation
import Testing

@testable import Sidecar

@Suite struct JSONDialectTests {
    private func check(_ document: String, peer: ClientAddress = ClientAddress(ipv4: 0x7F00_0001)) throws -> Answer {
        try CheckPort(peer: peer).ask("POST /v1/check", ["Content-Length: \(document.utf8.count)"], body: document)
    }

    private func object(_ answer: Answer) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])
    }

    @Test func allowsWithWhatToSetAndWhatToRemove() throws {
        let answer = try check(
            #"{"method":"POST","path":"/invoke?x=1","host":"a.example","headers":{"X-API-Key":"user-key-0123456789"}}"#
        )
        #expect(answer.status == 200)
        let document = try object(answer)
        #expect(document["decision"] as? String == "allow")
        #expect((document["set"] as? [String: String])?["X-Auth-User-Id"] == "u1")
        #expect((document["remove"] as? [String])?.contains("X-Auth-Issuer") == true)
        #expect((document["remove"] as? [String])?.contains("x-api-key") == true)
        #expect(answer["RateLimit"] != nil)
    }

    @Test func deniesWithTheProblem() throws {
        let answer = try check(#"{"method":"GET","path":"/invoke"}"#)
        #expect(answer.status == 401)
        let problem = try #require(try object(answer)["problem"] as? [String: Any])
        #expect(problem["reason"] as? String == "no_credential")
    }

    @Test(arguments: [
        "", "[]", "{", #"{"method":"GET"}"#, #"{"method":"G ET","path":"/a"}"#, #"{"method":"GET","path":"a"}"#,
        #"{"method":"GET","path":"/a\r\nX-API-Key: user-key-0123456789"}"#,
        #"{"method":"GET","path":"/a","headers":{"a":"b\r\nc: d"}}"#,
        #"{"method":"GET","path":"/a","headers":{"a b":"c"}}"#,
    ])
    func refusesWhatIsNoCheck(_ document: String) throws {
        let answer = try check(document)
        #expect(answer.status == 400)
        #expect(answer.body.contains("malformed_document"))
    }

    @Test func seesACredentialThatOccursTwice() throws {
        let twice = #"{"method":"GET","path":"/invoke","headers":{"x-api-key":["user-key-0123456789","b"]}}"#
        #expect(try check(twice).body.contains("ambiguous_credential"))
    }

    @Test func onlyPOSTAsks() throws {
        #expect(try CheckPort().ask("GET /v1/check").status == 400)
    }

    /// An untrusted peer's word about addresses is not heard: it is the client itself.
    @Test func believesAddressesFromTrustedPeersOnly() throws {
        let document = #"{"method":"GET","path":"/health","address":"203.0.113.9"}"#
        let request = "POST /v1/check HTTP/1.1\r\nHost: a\r\nContent-Length: \(document.utf8.count)\r\n\r\n\(document)"
        for (peer, remaining) in [(ClientAddress(ipv4: 0x7F00_0001), "98"), (ClientAddress(ipv4: 0x0808_0808), "98")] {
            let port = try CheckPort(peer: peer)
            _ = try port.send(request)
            #expect(Answer(try port.send(request))["X-RateLimit-Remaining"] == remaining)
            let other = request.replacing("203.0.113.9", with: "203.0.113.8")
            // From the trusted peer a second client has its own bucket, from the untrusted one it does not.
            let expected = peer == ClientAddress(ipv4: 0x7F00_0001) ? "99" : "97"
            #expect(Answer(try port.send(other))["X-RateLimit-Remaining"] == expected)
        }
    }
}

/// A document that two readers could take for two requests is none.
@Suite struct CheckDocumentTests {
    private func read(_ text: String) -> CheckDocument? { CheckDocument([UInt8](text.utf8).span) }

    @Test func readsWhatItKnows() throws {
        let document = try #require(
            read(#"{"method":"GET","path":"/a","host":null,"more":[1],"headers":{"x":"1","y":["2","3"]}}"#))
        #expect(document.method == "GET" && document.path == "/a" && document.host == nil)
        #expect(document.headers.map(\.name) == ["x", "y"])
        #expect(document.headers.map(\.values) == [["1"], ["2", "3"]])
    }

    @Test(arguments: [
        #"{"method":"GET","path":"/public","path":"/admin"}"#,
        #"{"method":"GET","path":"/a","headers":{"x-api-key":"1","x-api-key":"2"}}"#,
        #"{"method":"GET","path":"/a","headers":{"x":[1]}}"#,
        #"{"method":"GET","path":"/a","headers":"x"}"#,
        #"{"method":"GET","path":"/a","host":7}"#,
        #"{"method":"GET","path":7}"#,
        #"{"path":"/a"}"#,
        #"["method"]"#,
    ])
    func isNoDocument(_ text: String) {
        #expect(read(text) == nil)
    }
}
