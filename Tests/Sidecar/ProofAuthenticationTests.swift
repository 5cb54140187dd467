import Domain
import Testing

@testable import Sidecar

/// Tokens bound to a key (RFC 9449), from request to answer.
@Suite struct ProofAuthenticationTests {
    private let yaml = TestToken.yaml(["dpop: accept"])

    private func bound(_ more: String = "\"roles\":[\"user\"]") throws -> String {
        TestToken.made("\(more),\(try TestToken.confirmation())")
    }

    private func ask(_ port: CheckPort, _ token: String, _ proofs: [String], scheme: String = "DPoP") throws -> Answer {
        try port.ask("GET /envoy/invoke?x=1", ["Authorization: \(scheme) \(token)"] + proofs)
    }

    @Test func aGoodProofIsGoodOnceAndAReplaySpendsNothingElse() throws {
        let port = try CheckPort(yaml)
        let token = try bound()
        let proof = try TestToken.proof(for: token, id: "one")
        let good = try ask(port, token, [proof])
        #expect(good.status == 200)
        #expect(good["X-RateLimit-Remaining"] == "2")
        #expect(good.list("x-envoy-auth-headers-to-remove").contains("dpop"))
        let replay = try ask(port, token, [proof])
        #expect(replay.status == 401)
        #expect(replay.body.contains("\"proof_replayed\""))
        #expect(replay["WWW-Authenticate"]?.hasPrefix("DPoP realm=\"postern\", algs=\"") == true)
        #expect(replay["WWW-Authenticate"]?.contains("error=\"invalid_dpop_proof\"") == true)
        #expect(replay["WWW-Authenticate"]?.contains("HS256") == false)
        let fresh = try ask(port, token, [try TestToken.proof(for: token, id: "two")])
        #expect(fresh.status == 200)
        #expect(fresh["X-RateLimit-Remaining"] == "1")
    }

    @Test func aBoundTokenIsNoBearer() throws {
        let port = try CheckPort(yaml)
        let token = try bound()
        let downgrade = try ask(port, token, [try TestToken.proof(for: token, id: "one")], scheme: "Bearer")
        #expect(downgrade.body.contains("\"proof_missing\""))
        #expect(downgrade["WWW-Authenticate"]?.hasPrefix("DPoP ") == true)
        #expect(try ask(port, token, [], scheme: "Bearer").body.contains("\"proof_missing\""))
        #expect(try ask(port, token, []).body.contains("\"proof_missing\""))
        // Once the token is remembered too.
        #expect(try ask(port, token, [try TestToken.proof(for: token, id: "one")]).status == 200)
        #expect(try ask(port, token, []).body.contains("\"proof_missing\""))
    }

    @Test func aProofIsForThisRequestThisTokenAndOnce() throws {
        let port = try CheckPort(yaml)
        let token = try bound()
        let (other, url) = (try bound("\"roles\":[]"), "https://agent.example/other")
        for proofs in [
            [try TestToken.proof(for: token, id: "a", method: "POST")],
            [try TestToken.proof(for: token, id: "b", url: url)],
            [try TestToken.proof(for: token, id: "c", url: "https://other.example/invoke")],
            [try TestToken.proof(for: other, id: "d")], ["DPoP: eyJ.garbage.x"],
            [try TestToken.proof(for: token, id: "e"), try TestToken.proof(for: token, id: "f")],
        ] {
            let answer = try ask(port, token, proofs)
            #expect(answer.status == 401)
            #expect(answer.body.contains("\"proof_invalid\""), "\(answer.body)")
        }
        // The token itself was good all along.
        #expect(try ask(port, token, [try TestToken.proof(for: token, id: "e")]).status == 200)
    }

    @Test func whatIsNotBoundIsShownAsBearer() throws {
        let port = try CheckPort(yaml)
        let token = TestToken.made("\"roles\":[\"user\"]")
        #expect(try ask(port, token, [], scheme: "Bearer").status == 200)
        #expect(try ask(port, token, [try TestToken.proof(for: token, id: "a")]).body.contains("\"proof_invalid\""))
    }

    @Test func theConfigurationMayWantEveryTokenBoundOrTakeNoProofs() throws {
        let token = TestToken.made("\"roles\":[\"user\"]")
        let strict = try CheckPort(TestToken.yaml(["dpop: require"]))
        #expect(try ask(strict, token, [], scheme: "Bearer").body.contains("\"proof_invalid\""))
        let bound = try bound()
        #expect(try ask(strict, bound, [try TestToken.proof(for: bound, id: "a")]).status == 200)
        // Where nobody checks proofs a bound token is refused, not taken for a bearer.
        let off = try CheckPort(TestToken.yaml())
        for scheme in ["Bearer", "DPoP"] {
            let answer = try ask(off, bound, [try TestToken.proof(for: bound, id: "a")], scheme: scheme)
            #expect(answer.body.contains("\"proof_missing\""))
        }
    }
}
