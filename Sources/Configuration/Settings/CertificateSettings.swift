public import Credentials

/// `auth.mtls`: who a client certificate stands for.
public struct CertificateSettings: Sendable, Equatable {
    /// Where a certificate is looked for. The raw value is the word in the file.
    public enum Source: String, CaseIterable, Sendable {
        /// The check port's own TLS: a listener has `tls.client_ca`.
        case tls
        /// Envoy's `x-forwarded-client-cert`, its last element.
        case xfcc
        /// `ssl-client-cert`, nginx's `$ssl_client_escaped_cert`.
        case nginx
        /// `Client-Cert` of RFC 9440.
        case clientCert = "client_cert"
    }

    /// Each once, in the file's order. All but `tls` are believed of trusted proxies only.
    public var sources: [Source]
    /// The PEM text of `ca_file`: what a forwarded certificate is verified against. Never nil with `nginx` or
    /// `client_cert`. With `xfcc` alone nil takes Envoy's word for it; else the header must hold the certificate.
    public var caPEM: [UInt8]?
    /// The PEM text of `crl_file`; nil looks for no revocation.
    public var crlPEM: [UInt8]?
    /// The first that a certificate has is its subject.
    public var identities: [CertificateIdentity.Kind] = [.spiffe]
    /// The first whose pattern matches gives the roles.
    public var roles: [CertificateRoleSettings] = []
    /// Those of an identity that no pattern matches; empty refuses nobody and grants nothing.
    public var defaultRoles: [String] = ["default"]
    /// Put before each subject.
    public var subjectPrefix: String?
    public var position: SourcePosition = .none
}

/// One entry of `auth.mtls.roles`.
public struct CertificateRoleSettings: Sendable, Equatable {
    public var pattern: CertificatePattern
    public var roles: [String]
    public var tenant: String?
    public var position: SourcePosition = .none
}
