import Bytes
import Testing

@testable import Credentials

@Suite struct DPoPProofTests {
    private static let url = "https://resource.example.org/protectedresource"

    /// RFC 9449 section 7.1's request.
    @Test func exampleOfTheRFC() throws {
        let proof =
            "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpD"
            + "a0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6"
            + "IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxl"
            + "Lm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1"
            + "OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
        let jkt = [UInt8]("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I".utf8)
        let thumbprint = Digest256(base64URL: jkt.span)
        let sha256 = SHA256()
        let expected = DPoPProof.Expectation(
            accessToken: sha256.digest([UInt8]("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU".utf8).span),
            thumbprint: try #require(thumbprint), now: 1_562_262_620)
        let result = DPoPProof.verify(
            [UInt8](proof.utf8).span, method: [UInt8]("GET".utf8).span, url: [UInt8](Self.url.utf8).span,
            expecting: expected, sha256: sha256)
        #expect(throws: Never.self) { try result.get() }
    }

    /// A proof by one of the test keys, everything in it as `change` leaves it.
    private struct Proof {
        var pem = TestKeys.p256
        var algorithm = SignatureAlgorithm.es256
        var type = "\"dpop+jwt\""
        var more = ""
        var jwk: String?
        var jti = "\"n-1\""
        var htm = "\"GET\""
        var htu = "\"\(DPoPProofTests.url)\""
        var iat = "1000"
        var ath = "\"\(DPoPProofTests.token.base64URL)\""
        var signature: [UInt8]?

        func parts() throws -> PublicKeyParts { try LibcryptoKey(privatePEM: pem).parts() }

        func made() throws -> [UInt8] {
            let key = try LibcryptoKey(privatePEM: pem)
            var writer = ByteWriter()
            try parts().writeMembers(to: &writer)
            let jwk = jwk ?? writer.bytes.span.text()
            let header = "{\"typ\":\(type),\"alg\":\"\(algorithm.rawValue)\"\(more),\"jwk\":{\(jwk)}}"
            let payload = "{\"jti\":\(jti),\"htm\":\(htm),\"htu\":\(htu),\"iat\":\(iat),\"ath\":\(ath)}"
            let signed = [UInt8]("\(Token.encode(header)).\(Token.encode(payload))".utf8)
            let made = try key.sign(signed.span, algorithm, parts())
            return signed + [0x2E] + (signature ?? made ?? []).base64URL.utf8
        }
    }

    private static func digest(_ bytes: [UInt8]) -> Digest256 { SHA256().digest(bytes.span) }

    private static let token = SHA256().digest([UInt8]("token".utf8).span)

    private func verify(
        now: Int64 = 1000, method: String = "GET", url: String = url, algorithms: [SignatureAlgorithm]? = nil,
        _ change: (inout Proof) throws -> Void = { _ in }
    ) throws -> Result<Digest128, TokenRefusal> {
        var proof = Proof()
        let owner = proof.pem
        try change(&proof)
        // The token is bound to the first key unless the proof as a whole is another's.
        let bound = proof.algorithm == .es256 ? owner : proof.pem
        let parts = try LibcryptoKey(privatePEM: bound).parts()
        var expected = DPoPProof.Expectation(
            accessToken: Self.token, thumbprint: parts.thumbprint(SHA256()), now: now)
        if let algorithms { expected.algorithms = algorithms }
        let bytes = try proof.made()
        return DPoPProof.verify(
            bytes.span, method: [UInt8](method.utf8).span, url: [UInt8](url.utf8).span, expecting: expected,
            sha256: SHA256())
    }

    private func fault(_ change: (inout Proof) throws -> Void) throws -> TokenFault? {
        if case .failure(let refusal) = try verify(change) { refusal.fault } else { nil }
    }

    @Test(arguments: [
        (TestKeys.rsa, SignatureAlgorithm.ps256), (TestKeys.rsa, .rs512), (TestKeys.p521, .es512),
        (TestKeys.ed25519, .eddsa), (TestKeys.p256, .es256),
    ])
    func takesEveryPublicKeyAlgorithm(_ pem: String, _ algorithm: SignatureAlgorithm) throws {
        let fault = try fault {
            $0.pem = pem
            $0.algorithm = algorithm
        }
        #expect(fault == nil)
    }

    @Test func oneProofHasOneName() throws {
        let first = try verify().get()
        #expect(try verify().get() == first)
        #expect(try verify { $0.jti = "\"n-2\"" }.get() != first)
        // The same jti for another request is the same proof to the record.
        #expect(try verify(method: "POST") { $0.htm = "\"POST\"" }.get() == first)
    }

    @Test func theHeaderMustBeAProofs() throws {
        #expect(try fault { $0.type = "\"JWT\"" } == .proofInvalid)
        #expect(try fault { $0.type = "\"dpop+jwt2\"" } == .proofInvalid)
        #expect(try fault { $0.type = "\"application/DPoP+JWT\"" } == nil)
        #expect(try fault { $0.more = ",\"crit\":[]" } == .proofInvalid)
        #expect(try fault { $0.more = ",\"jku\":\"https://x\"" } == .proofInvalid)
        #expect(try fault { $0.jwk = "" } == .proofInvalid)
        #expect(try fault { $0.jwk = "\"kty\":\"oct\",\"k\":\"AAAA\"" } == .proofInvalid)
    }

    @Test func thePrivateKeyStaysAtHome() throws {
        var writer = ByteWriter()
        try Proof().parts().writeMembers(to: &writer)
        let members = writer.bytes.span.text()
        #expect(try fault { $0.jwk = members + ",\"d\":\"AQ\"" } == .proofInvalid)
        #expect(try fault { $0.jwk = members + ",\"alg\":\"ES384\"" } == .proofInvalid)
        #expect(try fault { $0.jwk = members + ",\"alg\":\"ES256\"" } == nil)
    }

    @Test func theTimeIsNow() throws {
        func at(_ now: Int64) throws -> TokenFault? {
            if case .failure(let refusal) = try verify(now: now) { refusal.fault } else { nil }
        }
        #expect(try at(1060) == nil)
        #expect(try at(1061) == .proofExpired)
        #expect(try at(995) == nil)
        #expect(try at(994) == .proofExpired)
        #expect(try fault { $0.iat = "1e400" } == .proofInvalid)
        #expect(try fault { $0.iat = "\"1000\"" } == .proofInvalid)
        #expect(try fault { $0.iat = "999.5" } == nil)
    }

    @Test func theRequestIsThisOne() throws {
        #expect(try fault { $0.htm = "\"get\"" } == .proofWrongRequest)
        #expect(try fault { $0.htm = "\"POST\"" } == .proofWrongRequest)
        #expect(try fault { $0.htm = "1" } == .proofInvalid)
        #expect(try fault { $0.htu = "\"https://resource.example.org/other\"" } == .proofWrongRequest)
        #expect(try fault { $0.htu = "\"http://resource.example.org/protectedresource\"" } == .proofWrongRequest)
        #expect(try fault { $0.htu = "\"/protectedresource\"" } == .proofWrongRequest)
        #expect(try fault { $0.htu = "\"HTTPS://Resource.Example.org:443/%70rotectedresource?x=1#y\"" } == nil)
        let query = try verify(url: Self.url + "?q=1")
        #expect(throws: Never.self) { try query.get() }
        let broken = try verify(url: "not a url") { $0.htu = "\"not a url\"" }
        #expect(throws: TokenRefusal(.proofWrongRequest, claim: "htu")) { try broken.get() }
    }

    @Test func theTokenAndTheKeyAreThese() throws {
        #expect(try fault { $0.ath = "\"\(Self.digest([1]).base64URL)\"" } == .proofWrongToken)
        #expect(try fault { $0.ath = "\"\"" } == .proofInvalid)
        #expect(try fault { $0.jti = "\"\"" } == .proofInvalid)
        #expect(try fault { $0.jti = "7" } == .proofInvalid)
        var other = ByteWriter()
        var stranger = Proof()
        stranger.pem = TestKeys.rsa
        try stranger.parts().writeMembers(to: &other)
        #expect(
            try fault {
                $0.jwk = other.bytes.span.text()
                $0.more = ""
            } == .proofInvalid)
        #expect(try fault { $0.signature = [UInt8](repeating: 1, count: 64) } == .proofInvalid)
    }

    @Test func anotherKeysProofIsNotTheTokens() throws {
        let proof = try Proof().made()
        let expected = DPoPProof.Expectation(
            accessToken: Self.token, thumbprint: Self.digest([1]), now: 1000)
        let result = DPoPProof.verify(
            proof.span, method: [UInt8]("GET".utf8).span, url: [UInt8](Self.url.utf8).span, expecting: expected,
            sha256: SHA256())
        #expect(throws: TokenRefusal(.proofWrongKey)) { try result.get() }
    }

    @Test func onlyPublicKeyAlgorithmsThatAreListed() throws {
        let refused = try verify(algorithms: [.eddsa, .hs256])
        #expect(throws: TokenRefusal(.proofInvalid, claim: "jwk")) { try refused.get() }
        let large = [UInt8](repeating: 0x41, count: DPoPProof.bytesMax + 1)
        let expected = DPoPProof.Expectation(accessToken: Self.token, thumbprint: Self.token, now: 0)
        let result = DPoPProof.verify(
            large.span, method: large.span, url: large.span, expecting: expected, sha256: SHA256())
        #expect(throws: TokenRefusal(.proofInvalid)) { try result.get() }
    }
}
