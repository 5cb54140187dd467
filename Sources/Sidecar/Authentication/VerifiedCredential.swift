import Bytes
import Configuration

/// A token, certificate or answer that was good, and what must still be looked at each time it is shown.
final class VerifiedCredential: Sendable {
    let identity: Identity
    /// Seconds since 1970 from which on it must be judged anew.
    let goodUntil: Int64
    /// The client certificate a token is bound to, or the one that was judged.
    let certificateThumbprint: Digest256?
    /// The key whose proof must come with the token.
    let dpopThumbprint: Digest256?
    let dpop: DPoPRule
    /// The key that verified it, and whose it is: where the key goes, it goes.
    let signedBy: SigningKey?

    struct SigningKey: Sendable {
        var issuer: Int
        var fingerprint: Digest256
    }

    init(
        _ identity: Identity, goodUntil: Int64, certificateThumbprint: Digest256? = nil,
        dpopThumbprint: Digest256? = nil, dpop: DPoPRule = .off, signedBy: SigningKey? = nil
    ) {
        self.identity = identity
        self.goodUntil = goodUntil
        self.certificateThumbprint = certificateThumbprint
        self.dpopThumbprint = dpopThumbprint
        self.dpop = dpop
        self.signedBy = signedBy
    }
}
