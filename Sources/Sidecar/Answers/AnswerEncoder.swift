import Bytes
import Configuration
import Domain
import HTTPWire
import Policy

/// A finished check → the bytes its proxy needs to hear: the last stage.
///
/// Every answer has a Content-Length and `Cache-Control: no-store`; no answer to a HEAD carries body bytes.
struct AnswerEncoder: ~Copyable {
    /// Bodies are written first, because their length stands before them.
    var body = ByteWriter(reserving: 1_024)
    private(set) var assertions = AssertionCache()

    /// What the connection knows about the exchange.
    struct Exchange {
        /// Nil for a request whose dialect was never learned.
        var dialect: Dialect?
        /// The check request itself was HEAD (through Envoy, the client's own method).
        var isHead = false
        var keepsAlive = true
        var minorVersion: UInt8 = 1
        var wallSeconds: Int64 = 0
    }

    /// - Parameter request: the bytes that the check's ranges lie in.
    mutating func write(
        _ check: Check, _ exchange: Exchange, _ request: borrowing Span<UInt8>, to writer: inout ByteWriter
    ) {
        switch check.decision ?? .deny(.malformedRequest) {
        case .allow: writeAllow(check, exchange, to: &writer)
        case .deny(let reason): writeDeny(reason, check, exchange, request, to: &writer)
        }
    }

    private mutating func writeAllow(_ check: Check, _ exchange: Exchange, to writer: inout ByteWriter) {
        let gate = check.gate
        guard let identity = check.identity else {
            return writeAllow(check, gate, gate.anonymous, exchange, to: &writer)
        }
        writeAllow(check, gate, identity, exchange, to: &writer)
    }

    private mutating func writeAllow(
        _ check: Check, _ gate: Gate, _ identity: Identity, _ exchange: Exchange, to writer: inout ByteWriter
    ) {
        writer.write(status: .ok)
        body.clear()
        let assertion = gate.signs ? assertion(of: identity, gate, exchange) : nil
        switch exchange.dialect {
        case .envoy:
            if let assertion { writer.write(assertion) }
            EnvoyAnswer.writeAllow(check, identity, to: &writer)
        case .json: JSONAnswer.writeAllow(check, identity, assertion, to: &body)
        default:
            if let assertion { writer.write(assertion) }
            identity.writePresent(to: &writer)
            if let ticket = check.ticket { TicketField.write(ticket, to: &writer) }
            identity.writeBlanks(holding: check.ticket != nil, to: &writer)
        }
        RateLimitFields.write(check.report, gate.policies, wallSeconds: exchange.wallSeconds, to: &writer)
        if exchange.dialect == .json { writer.write(field: "Content-Type", "application/json") }
        finish(exchange, to: &writer)
    }

    /// The signed identity as a whole line; nil where none is configured, and for nobody. One that could not be signed
    /// is blank, so that a client's own is not taken for it.
    private mutating func assertion(of identity: Identity, _ gate: Gate, _ exchange: Exchange) -> [UInt8]? {
        guard let signer = gate.snapshot.credentials.assertion, !identity.principal.isAnonymous,
            let settings = gate.snapshot.settings.response.assertion
        else { return nil }
        let token = assertions.token(for: identity, under: gate, signer, settings, at: exchange.wallSeconds) ?? []
        return Array("\(settings.header): ".utf8) + token + [0x0D, 0x0A]
    }

    private mutating func writeDeny(
        _ reason: DenyReason, _ check: Check, _ exchange: Exchange, _ request: borrowing Span<UInt8>,
        to writer: inout ByteWriter
    ) {
        body.clear()
        ErrorBody.write(reason, check, exchange, request, to: &body)
        writer.write(status: StatusTable.wireStatus(of: reason, for: exchange.dialect))
        check.gate.challenges.write(reason, scopes: scopes(of: check), to: &writer)
        writeRetryAfter(reason, check, to: &writer)
        RateLimitFields.write(check.report, check.gate.policies, wallSeconds: exchange.wallSeconds, to: &writer)
        if check.request.isGRPC, exchange.dialect != nil { writeGRPC(reason, to: &writer) }
        switch exchange.dialect {
        case .nginx, .ingressNginx:
            writer.write(field: "X-Authz-Status", decimal: Int64(StatusTable.status(of: reason).rawValue))
            body.withSpan { writer.write(field: "X-Authz-Problem", $0) }
            body.clear()
        case .json:
            writer.write(field: "Content-Type", "application/json")
            JSONAnswer.wrapDenial(reason, check, in: &body)
        default: writer.write(field: "Content-Type", ErrorBody.contentType(check))
        }
        finish(exchange, to: &writer)
    }

    private func scopes(of check: Check) -> [String] {
        guard case .route(let route)? = check.match else { return [] }
        return check.gate.snapshot.routes.routes[route].scopes
    }

    /// A refused cost that will fit later says when; a store that is away is worth a second try in a second.
    private func writeRetryAfter(_ reason: DenyReason, _ check: Check, to writer: inout ByteWriter) {
        let seconds: Int64
        switch reason {
        case .overLimit: seconds = check.report.retrySeconds ?? 1
        case .storeClosed, .storeDeferred, .overloaded: seconds = 1
        case .undecidable, .undecidableDeferred, .authorizationUnavailable, .authorizationDeferred: seconds = 1
        case .tooManyFailures: seconds = check.report.retrySeconds ?? 1
        default: return
        }
        writer.write(field: "Retry-After", decimal: seconds)
    }

    private func writeGRPC(_ reason: DenyReason, to writer: inout ByteWriter) {
        writer.write(field: "grpc-status", decimal: StatusTable.grpcStatus(of: reason))
        writer.write(field: "grpc-message", ReasonText.detail(reason))
    }

    /// The end of the head, and the body.
    func finish(_ exchange: Exchange, to writer: inout ByteWriter) {
        if body.count == 0, exchange.keepsAlive, exchange.minorVersion == 1 {
            return writer.write("Cache-Control: no-store\r\nContent-Length: 0\r\n\r\n")
        }
        writer.write(field: "Cache-Control", "no-store")
        writer.writeConnection(keepsAlive: exchange.keepsAlive, minorVersion: exchange.minorVersion)
        writer.write(contentLength: body.count)
        writer.writeEndOfHead()
        if !exchange.isHead { writer.write(body) }
    }
}
