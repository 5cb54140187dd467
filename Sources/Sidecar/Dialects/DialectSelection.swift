import Bytes
import Domain

/// Which dialect a target speaks, told from its raw bytes before anything is decoded (gate.md 1).
///
/// A client's `/../nginx` reaches us as `/envoy/../nginx`: cutting the prefix first, and matching the other prefixes
/// whole, is what keeps it Envoy's.
struct DialectSelection {
    var dialect: Dialect
    /// Where the client's own target begins in the check's; only Envoy puts it there.
    var prefixLength: Int
    /// The head was made from a document, whose headers are all the client's own.
    var isDocument = false
    /// Nil for a check.
    var operation: TicketOperation?

    /// - Parameter pinned: the listener's own dialect, beside which no other is spoken.
    static func select(_ target: borrowing Span<UInt8>, pinned: Dialect?) -> DialectSelection? {
        guard let found = recognise(target) else { return nil }
        guard let pinned, pinned != found.dialect else { return found }
        return nil
    }

    private static func recognise(_ target: borrowing Span<UInt8>) -> DialectSelection? {
        if target.starts(with: "/envoy"), target.count == 6 || target[6] == 0x2F || target[6] == 0x3F {
            return DialectSelection(dialect: .envoy, prefixLength: 6)
        }
        let path = target.extracting(0..<(target.firstIndex(of: 0x3F) ?? target.count))
        if path.equals("/nginx") { return DialectSelection(dialect: .nginx, prefixLength: 0) }
        if path.equals("/forward") { return DialectSelection(dialect: .forward, prefixLength: 0) }
        if path.equals("/ingress-nginx") { return DialectSelection(dialect: .ingressNginx, prefixLength: 0) }
        if path.equals("/v1/check") { return DialectSelection(dialect: .json, prefixLength: 0) }
        guard let operation = TicketOperation(path: path) else { return nil }
        return DialectSelection(dialect: .json, prefixLength: 0, operation: operation)
    }
}
