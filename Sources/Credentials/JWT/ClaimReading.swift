import Bytes

// Claims by the names a configuration gives them. Whatever is of another type than wanted is refused by that name:
// guessing what a token meant is how somebody gets another's roles.

extension JSONObject {
    /// The claim at `path`: under that literal name, or else along its dots. An explicit null is no claim.
    ///
    /// - Throws: `claimWrongType` where the path leads through something other than an object.
    func claim(_ path: String) throws(TokenRefusal) -> JSONValue? {
        try claim(path[...], asked: path)
    }

    private func claim(_ path: Substring, asked: String) throws(TokenRefusal) -> JSONValue? {
        if let value = self[String(path)] { return value == .null ? nil : value }
        guard let dot = path.utf8.firstIndex(of: 0x2E), let next = self[String(path[..<dot])] else { return nil }
        switch next {
        case .null: return nil
        case .object(let object): return try object.claim(path[path.utf8.index(after: dot)...], asked: asked)
        default: throw TokenRefusal(.claimWrongType, claim: asked)
        }
    }

    /// A claim that is a string.
    func text(_ path: String) throws(TokenRefusal) -> String? {
        guard let value = try claim(path) else { return nil }
        guard let text = value.text else { throw TokenRefusal(.claimWrongType, claim: path) }
        return text
    }

    /// A claim that is a list of strings, or one string of words between spaces as `scope` is (RFC 6749 section 3.3).
    func words(_ path: String) throws(TokenRefusal) -> [String] {
        guard let value = try claim(path) else { return [] }
        if let text = value.text { return text.utf8.split(separator: 0x20).compactMap { String($0) } }
        guard let elements = value.elements else { throw TokenRefusal(.claimWrongType, claim: path) }
        var words: [String] = []
        words.reserveCapacity(elements.count)
        for element in elements {
            guard let word = element.text else { throw TokenRefusal(.claimWrongType, claim: path) }
            words.append(word)
        }
        return words
    }
}
