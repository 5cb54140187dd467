import Bytes
import Credentials
import Domain
import Testing

@Suite struct APIKeyTests {
    private let sha256 = SHA256()

    private func key(_ index: Int) -> [UInt8] { [UInt8]("key-number-\(index)".utf8) }

    private func digest(_ index: Int) -> Digest256 { sha256.digest(key(index).span) }

    private func judge(_ keys: APIKeyAuthenticator, _ key: [UInt8], at now: Int64 = 0) -> Result<Int, DenyReason> {
        keys.authenticate(key.span, at: now, digest: sha256)
    }

    private func authenticator(_ validity: [APIKeyValidity]) -> APIKeyAuthenticator {
        APIKeyAuthenticator(
            digests: validity.indices.map(digest), validity: validity)
    }

    @Test func findsEachOfManyKeysAndNoOther() {
        let keyring = Keyring(digests: (0..<5_000).map(digest))
        for index in 0..<5_000 { #expect(keyring.find(digest(index)) == index) }
        for index in 5_000..<6_000 { #expect(keyring.find(digest(index)) == nil) }
        #expect(Keyring(digests: []).find(digest(0)) == nil)
    }

    @Test func anyBytesAreALegalGuess() {
        let keys = authenticator([APIKeyValidity()])
        for guess: [UInt8] in [[], [0], [0xFF, 0xFE], Array(repeating: 0x41, count: 60_000), [0x0D, 0x0A]] {
            #expect(judge(keys, guess) == .failure(.unknownKey))
        }
    }

    @Test func expiryAndRevocationHaveTheirOwnReasons() {
        let keys = authenticator([APIKeyValidity(expiresAt: 100), APIKeyValidity(expiresAt: 100, isRevoked: true)])
        #expect(judge(keys, key(0), at: 99) == .success(0))
        #expect(judge(keys, key(0), at: 100) == .failure(.expiredKey))
        #expect(judge(keys, key(1), at: 99) == .failure(.revokedKey))
    }
}
