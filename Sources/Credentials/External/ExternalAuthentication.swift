import Bytes
public import Domain

/// Asking somebody else who it is: `auth.mode: external`.
///
/// POST, `application/json`:
/// `{"credential": {"kind": "bearer", "value": "…"}, "request": {"method": "GET", "path": "/x", "host": "…",
/// "address": "…", "headers": {"x-a": "…"}}}`
///
/// 200 with an identity accepts, 401 refuses the credential, 403 refuses whoever it is; anything else decides nothing.
public enum ExternalAuthentication {
    /// The body of the question, or nil where the credential is not UTF-8: replacing its bytes would make two
    /// credentials into one.
    ///
    /// - Parameter kind: how the credential was carried: `bearer`, `api_key`, …
    public static func body(kind: String, value: borrowing Span<UInt8>, request: ExternalRequest) -> [UInt8]? {
        let text = value.withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
        guard let text else { return nil }
        let credential = JSONObject([("kind", .string(kind)), ("value", .string(text))])
        return JSONObject([("credential", .object(credential)), ("request", .object(request.json))]).bytes
    }

    /// - Parameter now: seconds since 1970.
    public static func evaluate(_ answer: RemoteAnswer, at now: Int64) -> RemoteVerdict<ExternalIdentity> {
        switch answer.status {
        case 401: return .refused(.credentialRefused, claim: nil)
        case 403: return .refused(.externallyForbidden, claim: nil)
        default: break
        }
        do throws(RemoteFault) {
            let identity = try ExternalIdentity(try answer.object())
            // An identity that is over is none, whatever the clock of the server that gave it says.
            if let expiry = identity.principal.expiresAt, expiry <= now {
                return .refused(.credentialRefused, claim: "expires_at")
            }
            return .accepted(identity)
        } catch {
            return .undecidable(error)
        }
    }
}

/// Who somebody else says it is:
/// `{"subject": "…", "roles": [], "permissions": [], "scopes": [], "tenant": "…", "email": "…", "name": "…",
/// "key_id": "…", "issuer": "…", "expires_at": 1767225600, "cache_seconds": 30}`
///
/// Only `subject` must be there. A member of the wrong type makes the answer undecidable; unknown members are ignored.
public struct ExternalIdentity: Sendable {
    public let principal: Principal
    /// How long the answer may be remembered, as the server says; nil where it says nothing. The configuration's
    /// bound and the expiry come first.
    public let cacheSeconds: Int64?

    init(_ answer: JSONObject) throws(RemoteFault) {
        guard let subject = answer["subject"]?.text, !subject.isEmpty else { throw .badMember("subject") }
        principal = Principal(
            method: .external,
            issuer: try answer.optional("issuer", \.text),
            subject: subject,
            keyID: try answer.optional("key_id", \.text),
            email: try answer.optional("email", \.text),
            name: try answer.optional("name", \.text),
            tenant: try answer.optional("tenant", \.text),
            roles: try answer.texts("roles"),
            permissions: try answer.texts("permissions"),
            scopes: try answer.texts("scopes"),
            expiresAt: try answer.seconds("expires_at"))
        cacheSeconds = try answer.seconds("cache_seconds")
    }
}
