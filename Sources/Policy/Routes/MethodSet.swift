import Bytes
import Domain

/// The methods a route speaks for. An empty list in configuration means every method.
struct MethodSet: Sendable {
    /// A bit per known method; all bits for "every method".
    private var known: UInt16 = 0
    /// Methods with no case of their own, by name.
    private var others: [[UInt8]] = []
    private var isEvery = false

    /// `GET` brings `HEAD` with it: servers run the GET handler for it (gate.md 3).
    init(names: [String]) {
        isEvery = names.isEmpty
        for name in names {
            let method = Method([UInt8](name.utf8).span)
            if method == .other { others.append([UInt8](name.utf8)) } else { known |= MethodSet.bit(method) }
            if method == .get { known |= MethodSet.bit(.head) }
        }
    }

    func contains(_ method: Method, _ name: borrowing Span<UInt8>) -> Bool {
        if isEvery { return true }
        if method != .other { return known & MethodSet.bit(method) != 0 }
        for other in others where name.equals(other) { return true }
        return false
    }

    private static func bit(_ method: Method) -> UInt16 { 1 << UInt16(method.rawValue) }
}
