import Bytes
import Domain
import HTTPWire
import Limits

/// `POST /v1/check`: the original request comes as a document, is turned into a request head, and is then judged by
/// the very code that judges Envoy's.
extension CheckConnection {
    func judgeDocument(at now: UInt64) {
        let (request, body, method) = (inbound.bytes, document, head.method.bounds)
        guard request.span.extracting(method).equals("POST"),
            let document = CheckDocument(body.span), let text = document.requestHead()
        else { return finish(denying: .malformedDocument) }
        var parser = HeadParser(bounds: listener.headBounds)
        documentHead.clear()
        text.withUnsafeBytes { documentHead.receive($0) }
        documentHead.keep()
        let bytes = documentHead.bytes
        var original = RequestHead()
        guard parser.parse(bytes.span, into: &original) == .complete else {
            return finish(denying: .malformedDocument)
        }
        let selection = DialectSelection(dialect: .envoy, prefixLength: 0, isDocument: true)
        let gate = check.gate
        let reason = gate.decoder.decode(original, bytes.span, selection, peer: peer, under: gate, into: check)
        check.request.dialect = .json
        check.request.address = address(of: document)
        if !document.namesHost { check.request.host = .empty }
        if let reason { return finish(denying: reason) }
        guard reserve(document) else { return finish(denying: .malformedReservation) }
        let step = worker.pipeline.prepare(check, under: gate, bytes.span, wallSeconds: exchange.wallSeconds)
        take(step, at: now)
    }

    /// The document speaks for the proxy, its headers for the client. False if what it says is not understood.
    private func reserve(_ document: CheckDocument) -> Bool {
        guard let wanted = document.reserve, check.gate.decoder.addresses.believes(peer) else { return true }
        guard let costs = check.gate.reservation.parse(wanted) else { return false }
        check.reserved = costs
        return true
    }

    /// An address in the document is believed from a trusted peer only (gate.md 7).
    private func address(of document: CheckDocument) -> ClientAddress {
        guard check.gate.decoder.addresses.believes(peer) else { return peer }
        guard let text = document.address else { return .unknown }
        return AddressParser.parse([UInt8](text.utf8).span) ?? .unknown
    }
}
