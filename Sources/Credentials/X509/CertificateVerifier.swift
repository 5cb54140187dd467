import CLibcrypto

/// Whether a client's certificate leads to an authority that is believed: signatures, dates, usage, path lengths, name
/// constraints, key sizes and, where lists were given, revocation. By libcrypto, at a time that is an argument.
///
/// For several threads at once: the store is shared, everything else is made for one verification, which costs about
/// what its signatures cost. It does not prove that the client holds the key: TLS did, here or at the proxy.
public final class CertificateVerifier: Sendable {
    private let trust: CertificateTrust

    /// The most certificates between the client's and an authority that is believed.
    public static let intermediatesMax = 8
    /// Of libcrypto's levels the one of 112 bits: no SHA-1, no RSA under 2048 bits, in the whole chain.
    private static let securityLevel: Int32 = 2

    /// - Parameters:
    ///   - caPEM: one or more certificates, roots or not, each of which ends a chain.
    ///   - crlPEM: one or more revocation lists; with them every certificate below the one that ends the chain must be
    ///     covered by a current list of its issuer. nil asks for no revocation.
    public init(caPEM: [UInt8], crlPEM: [UInt8]? = nil) throws(CertificateTrustFault) {
        trust = try CertificateTrust(caPEM: caPEM, crlPEM: crlPEM)
    }

    /// Why the certificate is not to be believed, or nil.
    ///
    /// - Parameters:
    ///   - chain: what came with it, in any order, believed in nothing.
    ///   - now: seconds since 1970.
    public func verify(
        _ leaf: ClientCertificate, chain: [ClientCertificate] = [], at now: Int64
    ) -> CertificateFault? {
        guard case .failure(let fault) = judge(leaf, chain: chain, at: now) else { return nil }
        return fault
    }

    /// As `verify`, with the time until which the answer holds: the first end among the dates of the chain and of the
    /// revocation lists. A cache of answers must not outlive it.
    public func judge(
        _ leaf: ClientCertificate, chain: [ClientCertificate] = [], at now: Int64
    ) -> Result<Int64, CertificateFault> {
        if let fault = leaf.fault(at: now) { return .failure(fault) }
        guard chain.count <= CertificateVerifier.intermediatesMax else { return .failure(.chainTooLong) }
        guard let context = X509_STORE_CTX_new() else { return .failure(.invalidChain) }
        defer { X509_STORE_CTX_free(context) }
        let untrusted = OPENSSL_sk_new_null()
        // The stack holds what `chain` owns.
        defer { OPENSSL_sk_free(untrusted) }
        for certificate in chain { OPENSSL_sk_push(untrusted, UnsafeRawPointer(certificate.handle.pointer)) }
        return withExtendedLifetime((leaf, chain)) {
            guard X509_STORE_CTX_init(context, trust.store, leaf.handle.pointer, untrusted) == 1,
                configure(context, at: now)
            else { return .failure(.invalidChain) }
            defer { ERR_clear_error() }
            guard X509_verify_cert(context) == 1 else {
                return .failure(CertificateFault(verification: X509_STORE_CTX_get_error(context)))
            }
            return .success(end(of: context, leaf, after: now))
        }
    }

    private func configure(_ context: OpaquePointer, at now: Int64) -> Bool {
        guard let parameters = X509_STORE_CTX_get0_param(context) else { return false }
        X509_VERIFY_PARAM_set_time(parameters, Int(now))
        X509_VERIFY_PARAM_set_depth(parameters, Int32(CertificateVerifier.intermediatesMax))
        X509_VERIFY_PARAM_set_auth_level(parameters, CertificateVerifier.securityLevel)
        // A chain may end at any certificate of the file: an intermediate, or the client's own.
        var flags = UInt(X509_V_FLAG_PARTIAL_CHAIN)
        if trust.checksRevocation {
            flags |= UInt(X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL)
            X509_STORE_CTX_set_verify_cb(context) { CertificateVerifier.withoutListOfAnchor($0, $1) }
        }
        return X509_VERIFY_PARAM_set_flags(parameters, flags) == 1
            && X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_CLIENT) == 1
            && X509_VERIFY_PARAM_set_trust(parameters, X509_TRUST_SSL_CLIENT) == 1
    }

    /// Lets the certificate that ends the chain go without a list: the file that names it is its proof. libcrypto would
    /// ask for one by an issuer that the chain does not have. Revoked it stays, when a list says so.
    private static func withoutListOfAnchor(_ isFine: Int32, _ context: OpaquePointer?) -> Int32 {
        guard isFine != 1, let context, let chain = X509_STORE_CTX_get0_chain(context) else { return isFine }
        let isAnchor = X509_STORE_CTX_get_error_depth(context) == OPENSSL_sk_num(chain) - 1
        let fault = CertificateFault(verification: X509_STORE_CTX_get_error(context))
        let isOfList: [CertificateFault] = [.revocationListMissing, .revocationListExpired, .revocationListInvalid]
        return isAnchor && isOfList.contains(fault) ? 1 : isFine
    }

    private func end(of context: OpaquePointer, _ leaf: ClientCertificate, after now: Int64) -> Int64 {
        var end = leaf.notAfter
        let chain = X509_STORE_CTX_get0_chain(context)
        for index in 0..<max(OPENSSL_sk_num(chain), 0) {
            guard let certificate = OPENSSL_sk_value(chain, index) else { continue }
            if let last = X509Handle.seconds(X509_get0_notAfter(OpaquePointer(certificate))) { end = min(end, last) }
        }
        // A list that is out of date already was not needed for this chain.
        for update in trust.nextUpdates where update > now { end = min(end, update) }
        return end
    }
}
