import Bytes
import Configuration
import Credentials
import Domain
import HTTPWire

/// `WWW-Authenticate` lines (RFC 9110 section 11.6.1, RFC 6750 section 3), rendered once per Snapshot.
///
/// A request without a credential hears no error code; every challenge is one line, because nginx 1.22 passes only
/// the first (gate.md 18).
struct Challenges: Sendable {
    /// The scheme and realm every challenge begins with.
    private let opening: [UInt8]
    /// RFC 9449 section 7.1.
    private let proofOpening: [UInt8]

    init(_ settings: AuthSettings) {
        // RFC 6750 names Bearer; where no bearer is read, the scheme says which header is.
        let realm = "realm=\"\(settings.realm)\""
        let keys = settings.apiKeys
        let judgesTokens = settings.providers.contains { $0 != .apiKey && $0 != .mtls }
        let judgesKeys = settings.providers.contains(.apiKey)
        if judgesTokens || judgesKeys && keys.allowBearer || settings.mode == .none {
            opening = [UInt8]("Bearer \(realm)".utf8)
        } else if judgesKeys {
            opening = [UInt8]("ApiKey \(realm), header=\"\(keys.header)\"".utf8)
        } else {
            // No scheme is registered for what TLS has to show.
            opening = [UInt8]("ClientCertificate \(realm)".utf8)
        }
        let algorithms = SignatureAlgorithm.asymmetric.map(\.rawValue).joined(separator: " ")
        proofOpening = [UInt8]("DPoP \(realm), algs=\"\(algorithms)\"".utf8)
    }

    /// The header line for a denial that calls for one: 401, and 403 for a scope.
    func write(_ reason: DenyReason, scopes: [String], to writer: inout ByteWriter) {
        let lacksScope = reason == .scopeMissing || reason == .tokenScope
        let isChallenge = StatusTable.status(of: reason) == .unauthorized || lacksScope
        guard isChallenge else { return }
        writer.write("WWW-Authenticate: ")
        let isProof = reason == .proofMissing || reason == .proofInvalid || reason == .proofReplayed
        writer.write(isProof ? proofOpening : opening)
        switch reason {
        case .proofMissing, .proofInvalid, .proofReplayed:
            writer.write(", error=\"invalid_dpop_proof\", error_description=\"")
            writer.write(ReasonText.detail(reason))
            writer.write("\"")
        case .noCredential: break
        case .scopeMissing, .tokenScope:
            writer.write(", error=\"insufficient_scope\"")
            // RFC 6750 section 3: the attribute names at least one.
            guard !scopes.isEmpty else { break }
            writer.write(", scope=\"")
            for (index, scope) in scopes.enumerated() {
                if index > 0 { writer.write(" ") }
                for byte in scope.utf8 where byte > 0x20 && byte < 0x7F && byte != 0x22 && byte != 0x5C {
                    writer.write(byte)
                }
            }
            writer.write("\"")
        default:
            writer.write(", error=\"invalid_token\", error_description=\"")
            writer.write(ReasonText.detail(reason))
            writer.write("\"")
        }
        writer.write("\r\n")
    }
}
