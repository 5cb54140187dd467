import Credentials

/// `${VAR}` and `${VAR:-default}` in the text of one scalar: expanded once, after YAML has been read, so that no value
/// of a variable is ever YAML or names another variable (gate.md 10).
///
/// `${vault:…}` and the other references to secrets expand, too, to what is known of them.
///
/// `$${` stands for a literal `${`; any other `$` stands for itself.
enum Expansion {
    enum Fault: Error, Equatable {
        case unset(String)
        case unclosed
        /// Not a name, or another of the shell's forms.
        case malformed
        case tooLong
        /// The secret it refers to is not known, which has been noted or reported.
        case unresolved
    }

    /// What a reference stands for; nil where that is not known.
    typealias Lookup = (String) -> [UInt8]?

    /// The longest a scalar may become.
    static let maxBytes = 65_536

    /// - Returns: nil if `text` holds no `${`, and so stands for itself.
    static func expand(
        _ text: String, _ environment: [String: String], reference: Lookup = { _ in nil }
    ) throws(Fault) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.indices.contains(where: { opens(bytes, $0) }) else { return nil }
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if opens(bytes, index + 1), bytes[index] == 0x24 {
                result += [0x24, 0x7B]
                index += 3
            } else if opens(bytes, index) {
                guard let close = bytes[index...].firstIndex(of: 0x7D) else { throw .unclosed }
                result += try value(of: bytes[(index + 2)..<close], environment, reference)
                index = close + 1
            } else {
                result.append(bytes[index])
                index += 1
            }
            if result.count > maxBytes { throw .tooLong }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func opens(_ bytes: [UInt8], _ index: Int) -> Bool {
        index + 1 < bytes.count && bytes[index] == 0x24 && bytes[index + 1] == 0x7B
    }

    /// As the shell has it, `:-` stands in for an empty variable too.
    private static func value(
        of expression: ArraySlice<UInt8>, _ environment: [String: String], _ reference: Lookup
    ) throws(Fault) -> [UInt8] {
        let text = String(decoding: expression, as: UTF8.self)
        // `${vault:-…}` is a variable with a default.
        if isReference(text) {
            guard let value = reference(text) else { throw .unresolved }
            return value
        }
        let nameBytes = expression.prefix { $0 != 0x3A }
        guard isName(nameBytes) else { throw .malformed }
        let name = String(decoding: nameBytes, as: UTF8.self)
        let rest = expression[nameBytes.endIndex...]
        guard rest.isEmpty || rest.starts(with: [0x3A, 0x2D]) else { throw .malformed }
        let set = environment[name]
        if rest.isEmpty {
            guard let set else { throw .unset(name) }
            return Array(set.utf8)
        }
        // A nested `${…}` would end at the first brace and mean something else.
        if rest.indices.dropLast().contains(where: { rest[$0] == 0x24 && rest[$0 + 1] == 0x7B }) { throw .malformed }
        return set.flatMap { $0.isEmpty ? nil : Array($0.utf8) } ?? Array(rest.dropFirst(2))
    }

    private static func isReference(_ text: String) -> Bool {
        let scheme = text.prefix { $0 != ":" }
        let isKnown = scheme == "file" || SecretReference.Scheme(rawValue: String(scheme)) != nil
        return isKnown && text.hasPrefix("\(scheme):") && !text.hasPrefix("\(scheme):-")
    }

    static func isName(_ bytes: some Collection<UInt8>) -> Bool {
        guard let first = bytes.first, first &- 0x30 >= 10 else { return false }
        return bytes.allSatisfy { $0 == 0x5F || $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 }
    }
}
