import Bytes
import Configuration
import Domain
import HTTPWire

/// `WWW-Authenticate` lines (RFC 9110 section 11.6.1, RFC 6750 section 3), rendered once per Snapshot.
///
/// A request without a credential hears no error code; every challenge is one line, because nginx 1.22 passes only
/// the first (gate.md 18).
struct Challenges: Sendable {
    /// The scheme and realm every challenge begins with.
    private let opening: [UInt8]

    init(_ settings: AuthSettings) {
        // RFC 6750 names Bearer; where no bearer is read, the scheme says which header is.
        let realm = "realm=\"\(settings.realm)\""
        let keys = settings.apiKeys
        let text = keys.allowBearer ? "Bearer \(realm)" : "ApiKey \(realm), header=\"\(keys.header)\""
        opening = [UInt8](text.utf8)
    }

    /// The header line for a denial that calls for one: 401, and 403 for a scope.
    func write(_ reason: DenyReason, scopes: [String], to writer: inout ByteWriter) {
        let isChallenge = StatusTable.status(of: reason) == .unauthorized || reason == .scopeMissing
        guard isChallenge else { return }
        writer.write("WWW-Authenticate: ")
        writer.write(opening)
        switch reason {
        case .noCredential: break
        case .scopeMissing:
            writer.write(", error=\"insufficient_scope\", scope=\"")
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
