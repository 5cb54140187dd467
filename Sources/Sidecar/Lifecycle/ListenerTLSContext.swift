import Configuration
import Credentials
import NIOCore
import NIOSSL

/// The TLS terms of a listener: its certificate, whose clients it takes, and which of those no longer.
final class ListenerTLSContext: Sendable {
    private let context: NIOSSLContext
    /// Nil where NIOSSL's own verification does: it knows no revocation lists.
    private let verifier: CertificateVerifier?

    init(_ settings: ListenerTLS) throws {
        let chain = try NIOSSLCertificate.fromPEMFile(settings.certificate).map(NIOSSLCertificateSource.certificate)
        let key = try NIOSSLPrivateKey(file: settings.key, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        if let authority = settings.clientCA {
            configuration.trustRoots = .file(authority)
            // Clients have no host name of their own to verify; without a certificate the handshake fails.
            configuration.certificateVerification = .noHostnameVerification
        }
        context = try NIOSSLContext(configuration: configuration)
        verifier = try ListenerTLSContext.verifier(settings)
    }

    private static let bytesMax = 1 << 20

    private static func verifier(_ settings: ListenerTLS) throws -> CertificateVerifier? {
        guard let authority = settings.clientCA, let list = settings.crl else { return nil }
        do {
            return try CertificateVerifier(
                caPEM: FileBytes.read(authority, atMost: bytesMax), crlPEM: FileBytes.read(list, atMost: bytesMax))
        } catch let fault as CertificateTrustFault {
            throw StartupError("\(authority) and \(list): \(fault.description)")
        }
    }

    /// Verification is a few signatures, once per connection, on its loop.
    func makeHandler() -> NIOSSLServerHandler {
        guard let verifier else { return NIOSSLServerHandler(context: context) }
        return NIOSSLServerHandler(
            context: context,
            customVerificationCallback: { shown, promise in
                promise.succeed(ListenerTLSContext.isGood(shown, verifier) ? .certificateVerified : .failed)
            })
    }

    private static func isGood(_ shown: [NIOSSLCertificate], _ verifier: CertificateVerifier) -> Bool {
        let certificates = shown.prefix(CertificateVerifier.intermediatesMax + 1).compactMap { certificate in
            let der = (try? certificate.toDERBytes()) ?? []
            return try? ClientCertificate(der: der.span)
        }
        guard let leaf = certificates.first, certificates.count == shown.count else { return false }
        return verifier.verify(leaf, chain: Array(certificates.dropFirst()), at: Clock.wallSeconds()) == nil
    }
}
