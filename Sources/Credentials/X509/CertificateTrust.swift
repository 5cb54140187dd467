import CLibcrypto

/// Why a file of authorities or of revocation lists cannot be used. For whoever starts the process.
public enum CertificateTrustFault: String, CaseIterable, Error, Sendable, CustomStringConvertible {
    case badAuthorities = "bad_authorities"
    case noAuthority = "no_authority"
    case badRevocationLists = "bad_revocation_lists"
    case noRevocationList = "no_revocation_list"

    public var description: String {
        switch self {
        case .badAuthorities: "it holds a PEM block that is not a certificate, or more certificates than are taken"
        case .noAuthority: "it holds no PEM certificate"
        case .badRevocationLists: "it holds a PEM block that is not a revocation list, or more lists than are taken"
        case .noRevocationList: "it holds no PEM revocation list (X509 CRL)"
        }
    }
}

/// The authorities that are believed and the revocation lists that are asked: libcrypto's store, filled once.
///
/// The store locks itself where it must; it is shared by every verification of every thread.
final class CertificateTrust: Sendable {
    nonisolated(unsafe) let store: OpaquePointer
    let checksRevocation: Bool
    /// `nextUpdate` of each list that has one, in seconds since 1970.
    let nextUpdates: [Int64]

    /// Debian's bundle of public authorities has about 140.
    static let authoritiesMax = 1_024
    static let revocationListsMax = 1_024

    init(caPEM: [UInt8], crlPEM: [UInt8]?) throws(CertificateTrustFault) {
        let authorities = try CertificateTrust.authorities(caPEM)
        let lists = try crlPEM.map(CertificateTrust.revocationLists) ?? []
        guard let store = X509_STORE_new() else { preconditionFailure("libcrypto has no memory for a store") }
        for authority in authorities { X509_STORE_add_cert(store, authority.pointer) }
        var updates: [Int64] = []
        for list in lists {
            X509_STORE_add_crl(store, list)
            if let update = X509Handle.seconds(X509_CRL_get0_nextUpdate(list)) { updates.append(update) }
            // The store has taken a reference of its own.
            X509_CRL_free(list)
        }
        self.store = store
        checksRevocation = crlPEM != nil
        nextUpdates = updates
    }

    deinit { X509_STORE_free(store) }

    private static func authorities(_ pem: [UInt8]) throws(CertificateTrustFault) -> [X509Handle] {
        guard let blocks = PEMBlock.readAll(pem.span, countMax: authoritiesMax, allowingText: true) else {
            throw .badAuthorities
        }
        var found: [X509Handle] = []
        for block in blocks {
            guard block.label == PEMBlock.certificate, let handle = try? X509Handle(der: block.bytes.span) else {
                throw .badAuthorities
            }
            found.append(handle)
        }
        if found.isEmpty { throw .noAuthority }
        return found
    }

    /// The caller frees each.
    private static func revocationLists(_ pem: [UInt8]) throws(CertificateTrustFault) -> [OpaquePointer] {
        guard let blocks = PEMBlock.readAll(pem.span, countMax: revocationListsMax, allowingText: true) else {
            throw .badRevocationLists
        }
        if blocks.isEmpty { throw .noRevocationList }
        var found: [OpaquePointer] = []
        for block in blocks {
            guard block.label == PEMBlock.revocationList, let list = revocationList(block.bytes) else {
                found.forEach { X509_CRL_free($0) }
                throw .badRevocationLists
            }
            found.append(list)
        }
        return found
    }

    private static func revocationList(_ der: [UInt8]) -> OpaquePointer? {
        der.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return nil }
            var cursor: UnsafePointer<UInt8>? = start
            guard let list = d2i_X509_CRL(nil, &cursor, buffer.count) else {
                ERR_clear_error()
                return nil
            }
            if cursor == start + buffer.count { return list }
            X509_CRL_free(list)
            return nil
        }
    }
}
