import Bytes
import Configuration
import Credentials
import Domain
import HTTPWire

/// A check request's head → `CheckRequest` and the credential it carries. The one place that knows all dialects.
final class CheckDecoder: Sendable {
    let addresses: ClientAddressReader
    private let terms: CredentialTerms
    /// Only these error bodies repeat the request's id.
    private let readsRequestID: Bool

    init(_ settings: Settings) {
        addresses = ClientAddressReader(trustedProxies: settings.trustedProxies)
        terms = CredentialTerms(settings)
        readsRequestID = settings.response.errors == .agentflow
    }

    /// The headers that carry credentials, in lower case.
    var carriers: [String] { terms.carriers }

    /// - Returns: nil, or why the request cannot be understood.
    func decode(
        _ head: borrowing RequestHead, _ bytes: borrowing Span<UInt8>, _ selection: DialectSelection,
        peer: ClientAddress, under gate: Gate, into check: Check
    ) -> DenyReason? {
        check.request = CheckRequest(dialect: selection.dialect)
        if readsRequestID { check.request.requestID = requestID(head, bytes) }
        let reason = decodeOriginal(head, bytes, selection, &check.request)
        check.request.isGRPC = isGRPC(head, bytes)
        if let reason { return reason }
        check.request.isPreflight =
            check.request.method == .options && head.contains(.origin) && head.contains(.accessControlRequestMethod)
        check.request.address = addresses.read(selection.dialect, head, bytes, peer: peer)
        check.presented = credential(head, bytes)
        if terms.handshake.isSome, head.contains(.upgrade) {
            terms.handshake.collect(head, bytes, query: check.request.query, into: &check.presented)
        }
        if gate.reservation.readsHeader, !selection.isDocument, addresses.believes(peer) {
            guard let reserved = gate.reservation.read(head, bytes) else { return .malformedReservation }
            check.reserved = reserved
        }
        if terms.hasEvidence { terms.collect(head, bytes, isTrusted: addresses.believes(peer), into: &check.evidence) }
        return nil
    }

    private func decodeOriginal(
        _ head: borrowing RequestHead, _ bytes: borrowing Span<UInt8>, _ selection: DialectSelection,
        _ request: inout CheckRequest
    ) -> DenyReason? {
        switch selection.dialect {
        case .envoy:
            EnvoyDialect.decode(head, bytes, prefixLength: selection.prefixLength, into: &request)
        case .nginx: ForwardedDialect.decodeNginx(head, bytes, into: &request)
        case .ingressNginx: ForwardedDialect.decodeIngressNginx(head, bytes, into: &request)
        case .forward: ForwardedDialect.decodeForward(head, bytes, into: &request)
        // Its request is in the body, which `JSONDialect` turns into a head of its own.
        case .json: .malformedDocument
        }
    }

    /// Whoever sends two of them, or something else than a word, does not hear it again.
    private func requestID(_ head: borrowing RequestHead, _ bytes: borrowing Span<UInt8>) -> ByteRange {
        guard let value = head.value(of: .xRequestID), !head.isRepeated(.xRequestID),
            value.count <= CheckRequest.requestIDMax
        else { return .empty }
        for index in value.bounds where bytes[index] <= 0x20 || bytes[index] >= 0x7F { return .empty }
        return value
    }

    private func isGRPC(_ head: borrowing RequestHead, _ bytes: borrowing Span<UInt8>) -> Bool {
        guard let type = head.value(of: .contentType), type.count >= 16 else { return false }
        // Most types are applications; what of is told by one letter.
        guard bytes[Int(type.start) + 12] | 0x20 == UInt8(ascii: "g") else { return false }
        return bytes.extracting(Int(type.start)..<(Int(type.start) + 16)).equalsIgnoringCase("application/grpc")
    }

    private func credential(_ head: borrowing RequestHead, _ bytes: borrowing Span<UInt8>) -> Presented {
        guard terms.keyHeader.count > 0 || !terms.schemes.isEmpty else { return Presented() }
        var selection = CarrierSelection()
        if let value = head.value(of: .authorization) {
            selection.noteAuthorization(value)
            if head.isRepeated(.authorization) { selection.noteAuthorization(value) }
        }
        if terms.keyToken == .other {
            noteStranger(head, bytes, in: &selection)
        } else if let value = head.value(of: terms.keyToken) {
            selection.noteKeyHeader(value)
            if head.isRepeated(terms.keyToken) { selection.noteKeyHeader(value) }
        }
        return selection.choose(from: bytes, allowing: terms.schemes)
    }

    /// A key header of the configuration's own naming is looked for by its name.
    private func noteStranger(
        _ head: borrowing RequestHead, _ bytes: borrowing Span<UInt8>, in selection: inout CarrierSelection
    ) {
        for index in 0..<head.fields.count {
            let field = head.fields[index]
            // Lengths first: most names differ in it.
            guard Int(field.name.count) == terms.keyHeader.count else { continue }
            if bytes.extracting(field.name.bounds).equalsIgnoringCase(terms.keyHeader) {
                selection.noteKeyHeader(field.value)
            }
        }
    }
}
