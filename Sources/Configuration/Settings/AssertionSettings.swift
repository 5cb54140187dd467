public import Credentials

/// `response.assertion`: a short JWT for the agent, so that it can verify who spoke.
public struct AssertionSettings: Sendable, Equatable {
    /// A PEM private key: RSA, EC or Ed25519.
    public var key: Secret
    /// Nil takes the one that fits the key: RS256, ES256, ES384, ES512 or EdDSA. Never HS*: its keys are published.
    public var algorithm: SignatureAlgorithm?
    /// From `iat` to `exp`. 1…3,600.
    public var ttlSeconds = 60
    /// `iss`.
    public var issuer = "postern"
    /// `aud`; nil leaves it out.
    public var audience: String?
    /// Starts with the prefix of the identity headers, so that deploy files remove a client's.
    public var header = "X-Auth-Assertion"
    public var position: SourcePosition = .none
}
