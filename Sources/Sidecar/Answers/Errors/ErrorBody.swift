import Bytes
import Configuration
import Credentials
import Domain
import HTTPWire

/// The body of a denial in the form that `response.errors` names: a problem document, or what clients of a framework
/// parse today. Status and header fields are the same in every form.
enum ErrorBody {
    static func write(
        _ reason: DenyReason, _ check: Check, _ exchange: AnswerEncoder.Exchange, _ request: borrowing Span<UInt8>,
        to writer: inout ByteWriter
    ) {
        switch check.gate.snapshot.settings.response.errors {
        case .problem: ProblemDocument.write(reason, check, through: exchange.dialect, to: &writer)
        case .dockrion: DockrionError.write(reason, check, to: &writer)
        case .agentGateway: AgentGatewayError.write(reason, check, to: &writer)
        case .agentflow:
            AgentFlowError.write(reason, check, request, wallSeconds: exchange.wallSeconds, to: &writer)
        }
    }

    static func contentType(_ check: Check) -> StaticString {
        check.gate.snapshot.settings.response.errors == .problem ? "application/problem+json" : "application/json"
    }
}

/// What the frameworks tell apart: far less than `DenyReason` does.
enum FrameworkErrorKind {
    /// 401: no credential, or a carrier with nothing in it.
    case missing
    /// 401: a credential that was good once.
    case expired
    /// 401: a wrong API key.
    case key
    /// 401: a wrong token, or whatever else was shown.
    case token
    case permission
    case scope
    /// 403 for any other reason.
    case forbidden
    case limit
    /// The status says it all.
    case other

    init(_ reason: DenyReason, _ check: Check) {
        let isEmpty = check.presented.carrier != .none && check.presented.credential.isEmpty
        let judgesKeys = check.gate.snapshot.settings.auth.providers.contains(.apiKey)
        switch StatusTable.status(of: reason) {
        case .unauthorized where reason == .noCredential || reason == .certificateMissing || isEmpty: self = .missing
        case .unauthorized where reason == .tokenExpired: self = .expired
        case .unauthorized where judgesKeys && FrameworkErrorKind.keyFaults.contains(reason): self = .key
        case .unauthorized: self = .token
        case .forbidden where reason == .permissionMissing: self = .permission
        case .forbidden where reason == .scopeMissing || reason == .tokenScope: self = .scope
        case .forbidden: self = .forbidden
        case .tooManyRequests: self = .limit
        default: self = .other
        }
    }

    /// Where keys and tokens are judged, these are said of an opaque credential.
    private static let keyFaults: Set<DenyReason> = [
        .unknownKey, .expiredKey, .revokedKey, .ambiguousCredential, .secondCredential,
    ]
}

extension ByteWriter {
    /// `"name":"value"`, the value escaped.
    mutating func write(member name: StaticString, _ value: String) {
        write("\"")
        write(name)
        write("\":\"")
        for byte in value.utf8 { write(jsonByte: byte) }
        write("\"")
    }
}
