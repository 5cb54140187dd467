import Bytes
public import Domain

/// Asking somebody else whether they may: `authorization.external`, after the credential has been decided.
public enum ExternalAuthorization {
    /// How the question and its answer are written.
    public enum Format: String, CaseIterable, Sendable {
        /// `{"principal": {…}, "request": {…}}` → `{"allow": true, "reason": "…", "cache_seconds": 30}`
        case postern
        /// The data API of Open Policy Agent: `{"input": {"principal": {…}, "request": {…}}}` → `{"result": true}` or
        /// `{"result": {"allow": true, "reason": "…"}}`.
        case opa
    }

    public static func body(_ format: Format, principal: Principal, request: ExternalRequest) -> [UInt8] {
        let question = JSONObject([("principal", .object(principal.json)), ("request", .object(request.json))])
        switch format {
        case .postern: return question.bytes
        case .opa: return JSONObject([("input", .object(question))]).bytes
        }
    }

    /// A 403 is a denial in either format, for no configuration of failures may turn one into an allow; every other
    /// answer that is not a 200 of the right shape decides nothing.
    public static func evaluate(_ answer: RemoteAnswer, as format: Format) -> RemoteVerdict<ExternalDecision> {
        if answer.status == 403 { return .accepted(ExternalDecision(isAllowed: false)) }
        do throws(RemoteFault) {
            let object = try answer.object()
            switch format {
            case .postern: return .accepted(try decision(object, isAllowRequired: true))
            case .opa: return .accepted(try result(object))
            }
        } catch {
            return .undecidable(error)
        }
    }

    /// OPA leaves `result` out where the rule is undefined, and a rule that is undefined does not allow.
    private static func result(_ answer: JSONObject) throws(RemoteFault) -> ExternalDecision {
        switch answer["result"] {
        case nil: return ExternalDecision(isAllowed: false)
        case .bool(let isAllowed): return ExternalDecision(isAllowed: isAllowed)
        case .object(let object): return try decision(object, isAllowRequired: false)
        default: throw .badMember("result")
        }
    }

    private static func decision(
        _ object: JSONObject, isAllowRequired: Bool
    ) throws(RemoteFault) -> ExternalDecision {
        let allow = try object.optional("allow", \.flag)
        if allow == nil, isAllowRequired { throw .badMember("allow") }
        return ExternalDecision(
            isAllowed: allow ?? false, reason: object["reason"]?.text.flatMap(ExternalDecision.shown),
            cacheSeconds: try object.seconds("cache_seconds"))
    }
}

/// A decided answer, a denial as much as an allow.
public struct ExternalDecision: Sendable, Equatable {
    /// Bytes of a reason; a longer one is cut.
    public static let reasonBytesMax = 256

    public let isAllowed: Bool
    /// For the audit log and the problem document: printable, bounded, nil where none was given.
    public let reason: String?
    /// How long the answer may be remembered, as the server says.
    public let cacheSeconds: Int64?

    init(isAllowed: Bool, reason: String? = nil, cacheSeconds: Int64? = nil) {
        self.isAllowed = isAllowed
        self.reason = reason
        self.cacheSeconds = cacheSeconds
    }

    /// Cut at a character, control characters taken out; nil where nothing is left.
    static func shown(_ reason: String) -> String? {
        var shown = String.UnicodeScalarView()
        var byteCount = 0
        for scalar in reason.unicodeScalars where scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value) {
            byteCount += UTF8.width(scalar)
            if byteCount > reasonBytesMax { break }
            shown.append(scalar)
        }
        return shown.isEmpty ? nil : String(shown)
    }
}

extension Principal {
    /// What an authorizer is told: nothing here is a credential.
    var json: JSONObject {
        var members: [(String, JSONValue)] = [("method", .string(method.rawValue))]
        members.append(text: subject, as: "subject")
        members.append(text: issuer, as: "issuer")
        members.append(text: keyID, as: "key_id")
        members.append(text: email, as: "email")
        members.append(text: name, as: "name")
        members.append(text: tenant, as: "tenant")
        members.append(texts: roles, as: "roles")
        members.append(texts: permissions, as: "permissions")
        members.append(texts: scopes, as: "scopes")
        if let expiresAt { members.append(("expires_at", .number(JSONNumber(expiresAt)))) }
        return JSONObject(members)
    }
}
