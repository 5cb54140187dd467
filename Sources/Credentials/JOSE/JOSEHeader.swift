public import Bytes

/// The header of a signed token (RFC 7515 section 4), read so that nothing in it can choose what we trust: no key
/// comes from it, nothing is fetched because of it, and an extension it insists on is a refusal.
public struct JOSEHeader: Sendable {
    public let algorithm: SignatureAlgorithm
    public let keyID: String?
    public let type: String?
    /// The key a DPoP proof brings; nil in every other token.
    public let embeddedKey: JSONObject?
    public let members: JSONObject

    /// Whether the header may bring a key with it.
    enum KeyRule { case refused, required }

    init(_ members: JSONObject, key rule: KeyRule = .refused) throws(TokenRefusal) {
        self.members = members
        algorithm = try JOSEHeader.algorithm(members)
        if members["crit"] != nil { throw TokenRefusal(.criticalHeader) }
        // RFC 7797: without crit nobody may honour it, and with crit it is refused.
        if members["b64"] != nil { throw TokenRefusal(.badHeader, claim: "b64") }
        if members["zip"] != nil { throw TokenRefusal(.compressed) }
        embeddedKey = try JOSEHeader.embeddedKey(members, rule)
        keyID = try JOSEHeader.text("kid", members)
        type = try JOSEHeader.text("typ", members)
        if let content = try JOSEHeader.text("cty", members), MediaType.isSame(content, "jwt") {
            throw TokenRefusal(.nested)
        }
    }

    private static func algorithm(_ members: JSONObject) throws(TokenRefusal) -> SignatureAlgorithm {
        guard members["alg"] != nil else { throw TokenRefusal(.algorithmMissing) }
        guard let name = try text("alg", members) else { throw TokenRefusal(.algorithmMissing) }
        if let algorithm = SignatureAlgorithm(rawValue: name), algorithm.rawValue.isExactly(name) { return algorithm }
        // Named apart because it is an attack and not an oversight, in whatever case it is spelled.
        throw TokenRefusal(MediaType.isSame(name, "none") ? .algorithmNone : .algorithmNotAllowed)
    }

    private static func embeddedKey(_ members: JSONObject, _ rule: KeyRule) throws(TokenRefusal) -> JSONObject? {
        for name in ["jku", "x5u", "x5c"] where members[name] != nil {
            throw TokenRefusal(.embeddedKey, claim: name)
        }
        guard let key = members["jwk"] else {
            if rule == .required { throw TokenRefusal(.badHeader, claim: "jwk") }
            return nil
        }
        guard rule == .required else { throw TokenRefusal(.embeddedKey, claim: "jwk") }
        guard let key = key.object else { throw TokenRefusal(.badHeader, claim: "jwk") }
        return key
    }

    private static func text(_ name: String, _ members: JSONObject) throws(TokenRefusal) -> String? {
        guard let value = members[name] else { return nil }
        guard let text = value.text else { throw TokenRefusal(.badHeader, claim: name) }
        return text
    }
}

/// Media types as `typ` and `cty` write them.
enum MediaType {
    /// RFC 7515 section 4.1.9: case does not matter, and `application/` is left out where nothing else has a slash.
    static func isSame(_ left: String, _ right: String) -> Bool {
        short(left).elementsEqual(short(right))
    }

    /// Whether this names a kind of JWT (RFC 8725 section 3.11) other than an access token.
    static func isOtherKind(_ type: String) -> Bool {
        let name = short(type)
        return name.count > 4 && name.suffix(4).elementsEqual("+jwt".utf8) && !name.elementsEqual("at+jwt".utf8)
    }

    private static func short(_ type: String) -> ArraySlice<UInt8> {
        let bytes = type.utf8.map(ASCII.lowercased)
        let prefix = "application/".utf8
        return bytes.starts(with: prefix) ? bytes.dropFirst(prefix.count) : bytes[...]
    }
}
