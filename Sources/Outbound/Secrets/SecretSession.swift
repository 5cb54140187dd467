import Bytes
import Credentials

/// One store as it is asked: what to send, and what the answers mean. A value; whoever holds it does the asking.
protocol SecretSession: Sendable {
    /// Whether it can ask with what it has.
    func isAuthorized(at now: Int64) -> Bool
    /// Becomes somebody at the store, by as many questions as that takes.
    mutating func authorize(_ errands: borrowing SecretErrands) throws(SecretFault)
    /// What it has become is no longer good.
    mutating func forget()
    func question(_ reference: SecretReference) throws(SecretFault) -> OutboundRequest
    /// The secret as the reference means it.
    func value(_ reference: SecretReference, from response: OutboundResponse) throws(SecretFault) -> [UInt8]
}

extension SecretStore {
    var session: any SecretSession {
        switch self {
        case .vault(let store): VaultSession(store: store)
        case .aws(let store): AmazonSession(store: store)
        case .gcp(let store): GoogleSession(store: store)
        case .azure(let store): AzureSession(store: store)
        }
    }
}

/// Something that lets us ask for a while.
struct Pass: Sendable {
    let text: HiddenText
    /// Seconds since 1970.
    let goodUntil: Int64

    /// - Parameter lifetime: seconds, of which the last quarter is not used: a question must not arrive late.
    init(_ text: String, lifetime: Int64, at now: Int64) {
        self.text = HiddenText(text)
        goodUntil = now + max(0, min(lifetime, 86_400)) * 3 / 4
    }

    var bearer: OutboundRequest.Field { .init("Authorization", "Bearer \(text.text)") }
}

extension OutboundResponse {
    /// The answer to a login, which has no word but its status for what was wrong.
    func loginObject() throws(SecretFault) -> JSONObject {
        try checkLogin()
        return try object()
    }

    func checkLogin() throws(SecretFault) {
        switch status {
        case 200: return
        case 400, 401, 403, 404: throw .loginRefused(status: status)
        case 429, 500...: throw .unavailable(status: status)
        default: throw .unexpectedStatus(status)
        }
    }

    /// The answer to the question for a secret, as REST stores give it.
    func secretObject() throws(SecretFault) -> JSONObject {
        switch status {
        case 200: return try object()
        case 401, 403: throw .denied(status: status)
        case 404: throw .notFound
        case 429, 500...: throw .unavailable(status: status)
        default: throw .unexpectedStatus(status)
        }
    }

    func object() throws(SecretFault) -> JSONObject {
        guard let object = (try? JSONParser.parse(body.span))?.object else { throw .malformed }
        return object
    }
}

extension JSONValue {
    /// A number of seconds, which Azure's metadata server writes as text.
    var seconds: Int64? {
        switch self {
        case .number(let number): number.integer
        case .string(let text): Int64(text)
        default: nil
        }
    }
}

extension JSONObject {
    /// The access token of an OAuth2 token answer (RFC 6749 section 5.1).
    func accessPass(at now: Int64) throws(SecretFault) -> Pass {
        guard let token = self["access_token"]?.text, !token.isEmpty,
            self["token_type"]?.text.map({ $0.lowercased() == "bearer" }) ?? true
        else { throw .malformed }
        return Pass(token, lifetime: self["expires_in"]?.seconds ?? 0, at: now)
    }
}

/// Text inside URLs and forms.
enum URLText {
    /// All but unreserved bytes escaped, so that no value can end where it stands.
    static func escaped(_ text: String) -> String {
        var writer = ByteWriter()
        for byte in text.utf8 {
            if ASCII.isUnreserved(byte) { writer.write(byte) } else { writer.write(escaped: byte) }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// `application/x-www-form-urlencoded`.
    static func form(_ pairs: [(String, String)]) -> [UInt8] {
        Array(pairs.map { "\($0.0)=\(escaped($0.1))" }.joined(separator: "&").utf8)
    }

    static let formType = OutboundRequest.Field("Content-Type", "application/x-www-form-urlencoded")

    /// A URL made of a configured base, which has been checked, and parts that have been, too.
    static func endpoint(_ url: String, caFile: String?) throws(SecretFault) -> OutboundEndpoint {
        do throws(OutboundEndpoint.Problem) {
            return try OutboundEndpoint(url, caFile: url.hasPrefix("https://") ? caFile : nil)
        } catch { throw .unreached(word: "bad_url", description: error.rawValue) }
    }
}
