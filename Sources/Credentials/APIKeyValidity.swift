/// The state of one known key, beside the principal it stands for.
public struct APIKeyValidity: Sendable {
    /// Seconds since 1970 from which on the key is refused, or nil.
    public var expiresAt: Int64?
    public var isRevoked: Bool

    public init(expiresAt: Int64? = nil, isRevoked: Bool = false) {
        self.expiresAt = expiresAt
        self.isRevoked = isRevoked
    }
}
