public import Bytes
public import Domain

/// API keys: digest, look up, and ask whether the key is still good.
///
/// Any bytes are a legal guess; whatever is not a known key is `unknownKey`, and no guess can end in an error.
public final class APIKeyAuthenticator: Sendable {
    private let keyring: Keyring
    private let validity: [APIKeyValidity]

    /// - Parameters: a digest and a validity per key, in one order, which is also that of the principals beside them.
    public init(digests: [Digest256], validity: [APIKeyValidity]) {
        precondition(digests.count == validity.count, "each key has a digest and a validity")
        keyring = Keyring(digests: digests)
        self.validity = validity
    }

    /// The position of the key's principal, or why it is refused.
    ///
    /// - Parameter now: seconds since 1970.
    public func authenticate(_ key: borrowing Span<UInt8>, at now: Int64, digest: SHA256) -> Result<Int, DenyReason> {
        guard key.count > 0 else { return .failure(.unknownKey) }
        return authenticate(digest.digest(key), at: now)
    }

    /// The same of a key's digest.
    public func authenticate(_ digest: Digest256, at now: Int64) -> Result<Int, DenyReason> {
        guard let position = keyring.find(digest) else { return .failure(.unknownKey) }
        if validity[position].isRevoked { return .failure(.revokedKey) }
        if let expiry = validity[position].expiresAt, now >= expiry { return .failure(.expiredKey) }
        return .success(position)
    }
}
