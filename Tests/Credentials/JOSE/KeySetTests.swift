import Bytes
import Testing

@testable import Credentials

@Suite struct KeySetTests {
    private static let all = SignatureAlgorithm.allCases

    /// The members of a JWK for one of the test keys, without braces.
    private static func members(_ pem: String) throws -> String {
        let key = try LibcryptoKey(privatePEM: pem)
        var writer = ByteWriter()
        try key.parts().writeMembers(to: &writer)
        return writer.bytes.span.text()
    }

    private func set(_ jwks: String..., algorithms: [SignatureAlgorithm] = all) throws -> KeySet {
        try KeySet(
            jwks: [UInt8]("{\"keys\":[\(jwks.map { "{\($0)}" }.joined(separator: ","))]}".utf8),
            algorithms: algorithms)
    }

    private func fault(_ jwk: String, algorithms: [SignatureAlgorithm] = all) throws -> KeySetFault? {
        let keys = try set(jwk, algorithms: algorithms)
        #expect(keys.keys.count + keys.skipped.count == 1)
        return keys.skipped.first?.fault
    }

    @Test func oneBadKeyDoesNotTakeTheOthersWithIt() throws {
        let rsa = try Self.members(TestKeys.rsa)
        let ec = try Self.members(TestKeys.p256)
        let keys = try set(
            "\(rsa),\"kid\":\"a\"", "\"kty\":\"RSA\",\"kid\":\"b\"", "\(ec),\"kid\":\"c\"", "\(ec),\"kid\":\"c\"",
            "\(rsa),\"kid\":\"a\",\"alg\":\"PS256\"")
        #expect(keys.keys.map(\.keyID) == ["a", "c", "a"])
        #expect(
            keys.skipped == [
                SkippedKey(position: 1, keyID: "b", fault: .badMember),
                SkippedKey(position: 3, keyID: "c", fault: .duplicateKeyID),
            ])
        #expect(keys.key(id: "a", algorithm: .rs256) != nil)
        #expect(keys.key(id: "a", algorithm: .ps256) != nil)
        #expect(keys.key(id: "c", algorithm: .rs256) == nil)
        #expect(keys.knows(id: "c"))
        #expect(!keys.knows(id: "b"))
        #expect(keys.contains(keys.keys[1].fingerprint))
        let stranger = SHA256().digest([1].span)
        #expect(!keys.contains(stranger))
    }

    @Test func whatAKeyIsRefusedFor() throws {
        let rsa = try Self.members(TestKeys.rsa)
        let ec = try Self.members(TestKeys.p256)
        let bad: [(String, KeySetFault)] = [
            ("", .badMember), ("\"kty\":1", .badMember), ("\"kty\":\"oct\"", .unsupportedKeyType),
            ("\"kty\":\"oct\",\"k\":\"AAAA\"", .privateKeyPublished), ("\(rsa),\"d\":\"AQ\"", .privateKeyPublished),
            ("\(ec),\"use\":\"enc\"", .notForSignatures), ("\(ec),\"use\":1", .notForSignatures),
            ("\(ec),\"key_ops\":[\"sign\"]", .notForSignatures), ("\(ec),\"key_ops\":\"verify\"", .badMember),
            ("\(ec),\"kid\":1", .badMember), ("\(ec),\"alg\":null", .badMember),
            ("\(rsa),\"alg\":\"RSA-OAEP\"", .notForSignatures), ("\(rsa),\"alg\":\"ES256\"", .keyAlgorithmMismatch),
            ("\(rsa),\"alg\":\"HS256\"", .keyAlgorithmMismatch), ("\(ec),\"alg\":\"ES384\"", .keyAlgorithmMismatch),
            (ec.replacing("P-256", with: "P-384"), .badMember),
            (ec.replacing("P-256", with: "secp256k1"), .unsupportedCurve),
            (ec.replacing("P-256", with: "Ed25519"), .unsupportedCurve),
            (ec.replacing("\"x\":\"", with: "\"x\":\"A"), .badMember),
            (
                "\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"",
                .unsupportedCurve
            ),
            (rsa.replacing("AQAB", with: "AAEAAQ"), .badMember), (rsa.replacing("AQAB", with: "AQ"), .badRSAKey),
            (rsa.replacing("AQAB", with: "AQAA"), .badRSAKey), (rsa.replacing("AQAB", with: "AQAB="), .badMember),
        ]
        for (jwk, expected) in bad { #expect(try fault(jwk) == expected, "\(jwk)") }
        #expect(try fault(rsa, algorithms: [.es256, .hs256]) == .algorithmNotAllowed)
        #expect(try fault("\(rsa),\"alg\":\"RS512\"", algorithms: [.rs256]) == .algorithmNotAllowed)
        #expect(try set("\(rsa)", algorithms: [.es256, .ps384, .rs256]).keys[0].algorithm == .ps384)
    }

    /// A point that is not on the curve leaks the key of whoever computes with it (RFC 8725 section 3.4).
    @Test func pointsMustLieOnTheirCurve() throws {
        for pem in [TestKeys.p256, TestKeys.p384, TestKeys.p521] {
            let parts = try LibcryptoKey(privatePEM: pem).parts()
            guard case .ec(let curve, let x, var y) = parts else { throw KeySetFault.badMember }
            #expect(throws: Never.self) { try LibcryptoKey(parts) }
            y[y.count - 1] ^= 1
            #expect(throws: KeySetFault.pointOffCurve) { try LibcryptoKey(.ec(curve, x: x, y: y)) }
            let zero = [UInt8](repeating: 0, count: x.count)
            #expect(throws: KeySetFault.pointOffCurve) { try LibcryptoKey(.ec(curve, x: zero, y: zero)) }
        }
    }

    @Test func boundsTheModulus() throws {
        func size(_ bits: Int) throws -> KeySetFault? {
            let modulus = [0x80] + [UInt8](repeating: 1, count: bits / 8 - 1)
            return try fault("\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"\(modulus.base64URL)\"")
        }
        #expect(try size(2040) == .weakRSAKey)
        #expect(try size(2048) == nil)
        #expect(try size(8192) == nil)
        #expect(try size(8200) == .oversizeRSAKey)
        let even = [UInt8](repeating: 0x80, count: 256)
        #expect(
            try fault("\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"\(even.base64URL)\"") == .badRSAKey)
    }

    @Test(arguments: [
        ("", KeySetFault.notJSON), ("{\"keys\":[],\"keys\":[]}", .notJSON), ("[]", .notAKeySet), ("{}", .notAKeySet),
        ("{\"keys\":{}}", .notAKeySet),
    ])
    func refusesADocument(_ text: String, _ fault: KeySetFault) {
        #expect(throws: fault) { try KeySet(jwks: [UInt8](text.utf8), algorithms: Self.all) }
    }

    @Test func boundsADocument() {
        let many = "{\"keys\":[" + String(repeating: "{},", count: KeySet.keysMax) + "{}]}"
        #expect(throws: KeySetFault.tooManyKeys) { try KeySet(jwks: [UInt8](many.utf8), algorithms: Self.all) }
        let large = [UInt8](repeating: 0x20, count: KeySet.documentBytesMax + 1)
        #expect(throws: KeySetFault.documentTooLarge) { try KeySet(jwks: large, algorithms: Self.all) }
        #expect(throws: KeySetFault.documentTooLarge) {
            try KeySet(pem: String(repeating: " ", count: large.count), algorithms: Self.all)
        }
    }

    /// An issuer that publishes no key has withdrawn them all.
    @Test func anEmptySetIsASet() throws {
        #expect(try set().keys.isEmpty)
    }

    @Test func readsPEM() throws {
        let pem = TestKeys.rsaPublic + "\n" + TestKeys.p256Certificate + "\n"
        let keys = try KeySet(pem: pem, algorithms: [.ps256, .rs256, .es256])
        #expect(keys.keys.map(\.algorithm) == [.ps256, .es256])
        // A PEM names no key, so what a token calls its key chooses nothing.
        #expect(keys.key(id: "anything", algorithm: .es256)?.fingerprint == keys.keys[1].fingerprint)
        let published = try KeySet(pem: TestKeys.p256Public, algorithms: [.es256])
        #expect(published.keys[0].fingerprint == keys.keys[1].fingerprint)
    }

    @Test(arguments: [
        ("", KeySetFault.badPEM), ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", .badPEM),
        (TestKeys.rsa, .privateKeyPublished), (TestKeys.rsa1024Public, .weakRSAKey),
        (TestKeys.secp256k1Public, .unsupportedCurve),
        (TestKeys.p256Public + "\n" + TestKeys.p256, .privateKeyPublished),
        (String(repeating: TestKeys.p256Public + "\n", count: 5), .tooManyKeys),
    ])
    func refusesAPEM(_ text: String, _ fault: KeySetFault) {
        #expect(throws: fault) { try KeySet(pem: text, algorithms: Self.all) }
    }

    /// libcrypto may know the curve again by its parameters; if it does, it must be the very curve.
    @Test func aCurveByItsParametersIsNoOther() {
        let pem = TestKeys.explicitCurvePublic
        if let keys = try? KeySet(pem: pem, algorithms: Self.all) {
            #expect(keys.keys.map(\.algorithm) == [.es256])
        }
    }

    @Test func aSecretServesOneAlgorithm() throws {
        let keys = try KeySet(secret: Token.secret, algorithms: [.rs256, .hs256, .hs512])
        #expect(keys.keys.map(\.algorithm) == [.hs256])
        #expect(keys.key(id: "any", algorithm: .hs512) == nil)
        #expect(throws: KeySetFault.secretTooShort) { try KeySet(secret: Token.secret, algorithms: [.hs512]) }
        #expect(throws: KeySetFault.algorithmNotAllowed) {
            try KeySet(secret: Token.secret, algorithms: [.rs256])
        }
    }

    /// RFC 7638 section 3.1.
    @Test func thumbprint() throws {
        let n =
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiF"
            + "V4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9"
            + "c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1"
            + "jF44-csFCur-kEgU8awapJzKnqDKgw"
        let keys = try set("\"kty\":\"RSA\",\"n\":\"\(n)\",\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"")
        #expect(keys.keys[0].fingerprint.base64URL == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    }

    /// Every fault has a sentence of its own.
    @Test func describesEveryFault() {
        let sentences = KeySetFault.allCases.map(\.description)
        #expect(Set(sentences).count == sentences.count)
        #expect(Set(TokenFault.allCases.map(\.description)).count == TokenFault.allCases.count)
    }
}
