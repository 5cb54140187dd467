public import Bytes
public import Credentials

/// What judges credentials, as far as it needs no network: keys, trust and signers instead of the secrets they are
/// made from, which the settings of a Snapshot no longer hold.
public struct CompiledCredentials: Sendable {
    /// For each of `auth.jwt.issuers`: its keys, nil where they are fetched.
    public var issuerKeys: [KeySet?] = []
    /// Who we are to the introspection endpoint.
    public var introspection: ClientCredentials?
    public var certificates: CertificateAuthenticator?
    /// What forwarded certificates must lead to; nil without `auth.mtls.ca_file`.
    public var trust: CertificateVerifier?
    public var assertion: AssertionSigner?
    /// SHA-256 of `admin.token`; nil without `admin.control`.
    public var controlToken: Digest256?
    /// Of the audit log's chain; nil for a chain of digests.
    public var auditKey: Secret?
}
