import Bytes
import Testing

@testable import Credentials

@Suite struct SignatureTests {
    struct Pair: Sendable {
        var algorithm: SignatureAlgorithm
        var pem: String
    }

    static let pairs = [
        Pair(algorithm: .rs256, pem: TestKeys.rsa), Pair(algorithm: .rs384, pem: TestKeys.rsa),
        Pair(algorithm: .rs512, pem: TestKeys.rsa), Pair(algorithm: .ps256, pem: TestKeys.rsa),
        Pair(algorithm: .ps384, pem: TestKeys.rsa), Pair(algorithm: .ps512, pem: TestKeys.rsa),
        Pair(algorithm: .es256, pem: TestKeys.p256), Pair(algorithm: .es384, pem: TestKeys.p384),
        Pair(algorithm: .es512, pem: TestKeys.p521), Pair(algorithm: .eddsa, pem: TestKeys.ed25519),
        Pair(algorithm: .eddsa, pem: TestKeys.ed448),
    ]

    private func verifies(_ key: VerificationKey, _ signature: [UInt8], _ message: [UInt8]) -> Bool {
        key.verify(signature: signature.span, over: message.span)
    }

    private func isSigned(_ token: [UInt8], by key: VerificationKey) throws -> Bool {
        try parsed(token).isSigned(by: key, token: token.span)
    }

    private func sign(_ signer: AssertionSigner, _ claims: String = "{}") throws -> [UInt8] {
        let token = signer.sign(claims: [UInt8](claims.utf8).span)
        return try #require(token)
    }

    private func parsed(_ token: [UInt8]) throws -> CompactJWS {
        try CompactJWS.read(token.span, bytesMax: 16_384).get()
    }

    @Test(arguments: pairs.indices)
    func whatWeSignVerifiesAndNothingElse(_ index: Int) throws {
        let pair = Self.pairs[index]
        let signer = try AssertionSigner(pem: pair.pem, algorithm: pair.algorithm)
        #expect(signer.algorithm == pair.algorithm)
        let keys = try KeySet(jwks: signer.jwks, algorithms: SignatureAlgorithm.allCases)
        let key = try #require(keys.key(id: signer.keyID, algorithm: pair.algorithm))
        #expect(key.fingerprint.base64URL == signer.keyID)
        let token = try sign(signer)
        let jws = try parsed(token)
        #expect(jws.header.keyID == signer.keyID)
        #expect(try isSigned(token, by: key))

        let message = Array(token[..<jws.signedCount])

        // Each byte of the signature and of what is signed matters.
        for position in stride(from: 0, to: jws.signature.count, by: 7) {
            var signature = jws.signature
            signature[position] ^= 1
            #expect(!verifies(key, signature, message))
        }
        #expect(!verifies(key, jws.signature, Array(message.dropFirst())))
        for signature in [[], [0], jws.signature + [0], Array(jws.signature.dropLast())] {
            #expect(!verifies(key, signature, message))
        }
        let zeros = [UInt8](repeating: 0, count: jws.signature.count)
        #expect(!verifies(key, zeros, message))
    }

    /// Short r and s, whose DER is shorter: 300 signatures meet some.
    @Test(arguments: [TestKeys.p256, TestKeys.p521])
    func everyLengthOfAnECDSASignature(_ pem: String) throws {
        let signer = try AssertionSigner(pem: pem)
        let keys = try KeySet(jwks: signer.jwks, algorithms: SignatureAlgorithm.asymmetric)
        let key = try #require(keys.key(id: nil, algorithm: signer.algorithm))
        for count in 0..<300 {
            let token = try sign(signer, "{\"n\":\(count)}")
            #expect(try isSigned(token, by: key))
        }
    }

    @Test(arguments: [SignatureAlgorithm.hs256, .hs384, .hs512])
    func secrets(_ algorithm: SignatureAlgorithm) throws {
        let secret = [UInt8](repeating: 7, count: algorithm.digestBytes)
        let signer = try AssertionSigner(secret: secret, algorithm: algorithm)
        #expect(signer.keyID == nil)
        #expect(signer.jwks.text == "{\"keys\":[]}")
        let token = try sign(signer)
        let key = try VerificationKey(secret: secret, algorithm: algorithm)
        #expect(try isSigned(token, by: key))
        let another: [UInt8] = secret.dropLast() + [8]
        let other = try VerificationKey(secret: another, algorithm: algorithm)
        #expect(try !isSigned(token, by: other))
        let short = secret.dropLast() as [UInt8]
        #expect(throws: KeySetFault.secretTooShort) {
            try VerificationKey(secret: short, algorithm: algorithm)
        }
        #expect(throws: KeySetFault.secretTooShort) { try AssertionSigner(secret: short, algorithm: algorithm) }
    }

    /// RFC 7515 appendix A.1 and A.3, RFC 8037 appendix A.4.
    @Test func examplesOfTheRFCs() throws {
        let k = [UInt8](
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow".utf8)
        let decoded = Base64URL.decode(k.span)
        let hmac = try VerificationKey(secret: try #require(decoded), algorithm: .hs256)
        let payload =
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        let first = [UInt8](
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\(payload).dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".utf8)
        #expect(try isSigned(first, by: hmac))

        let third = [UInt8](
            ("eyJhbGciOiJFUzI1NiJ9.\(payload).DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
                + "pmWQxfKTUJqPP3-Kg6NU1Q").utf8)
        let ec = try key(
            """
            {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
             "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
            """)
        #expect(try isSigned(third, by: ec))

        let edwards = [UInt8](
            ("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIb"
                + "QR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg").utf8)
        let okp = try key(#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#)
        #expect(try isSigned(edwards, by: okp))
        #expect(okp.fingerprint.base64URL == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
    }

    private func key(_ jwk: String) throws -> VerificationKey {
        let object = try JSONParser.parse([UInt8](jwk.utf8).span).object
        return try VerificationKey(jwk: try #require(object), algorithms: SignatureAlgorithm.allCases)
    }

    /// One key, several threads: its prepared context is only ever read.
    @Test func severalThreadsVerifyWithOneKey() async throws {
        let signer = try AssertionSigner(pem: TestKeys.rsa)
        let keys = try KeySet(jwks: signer.jwks, algorithms: [.rs256])
        let token = try sign(signer)
        let good = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    guard let key = keys.key(id: nil, algorithm: .rs256),
                        let jws = try? CompactJWS.read(token.span, bytesMax: 16_384).get()
                    else { return 0 }
                    return (0..<500).count { _ in jws.isSigned(by: key, token: token.span) }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(good == 2000)
    }

    @Test func aPrivateKeyMustBeReadable() {
        let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n"
        for text in ["", "x", encrypted, TestKeys.rsaPublic] {
            #expect(throws: KeySetFault.badPEM) { try AssertionSigner(pem: text) }
        }
        #expect(throws: KeySetFault.keyAlgorithmMismatch) {
            try AssertionSigner(pem: TestKeys.rsa, algorithm: .es256)
        }
    }
}
