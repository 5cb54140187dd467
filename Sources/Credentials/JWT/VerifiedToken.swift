public import Bytes
public import Domain

/// What a verified token says. Nothing else of the token is needed any more.
public struct VerifiedToken: Sendable {
    public let principal: Principal
    /// `exp`, in seconds since 1970 and rounded down; the leeway is not in it. Nothing may remember the token longer.
    public let expiresAt: Int64
    /// The key that verified it: a cached token ends with its key (`KeySet.contains`).
    public let keyFingerprint: Digest256
    /// SHA-256 of the client certificate the token is bound to (`cnf.x5t#S256`, RFC 8705 section 3.1).
    public let certificateThumbprint: Digest256?
    /// Thumbprint of the key whose DPoP proof must come with the token (`cnf.jkt`, RFC 9449 section 6.1).
    public let dpopThumbprint: Digest256?
    public let claims: JSONObject

    /// Why the token may not be used over a connection that showed this certificate, or none.
    public func refusal(certificate thumbprint: Digest256?) -> TokenRefusal? {
        guard let certificateThumbprint else { return nil }
        guard let thumbprint else { return TokenRefusal(.certificateMissing) }
        return thumbprint == certificateThumbprint ? nil : TokenRefusal(.certificateMismatch)
    }
}
