import Bytes

/// What a token is bound to (`cnf`, RFC 7800): a client certificate (RFC 8705), a DPoP key (RFC 9449), both or neither.
///
/// A `cnf` with neither is a binding we cannot check, and a bound token is not a bearer token: it is refused.
struct Confirmation: Equatable, Sendable {
    var certificateThumbprint: Digest256?
    var dpopThumbprint: Digest256?

    init(_ claims: JSONObject) throws(TokenRefusal) {
        guard let value = claims["cnf"] else { return }
        guard let members = value.object else { throw TokenRefusal(.claimWrongType, claim: "cnf") }
        certificateThumbprint = try Confirmation.thumbprint("x5t#S256", members)
        dpopThumbprint = try Confirmation.thumbprint("jkt", members)
        guard certificateThumbprint != nil || dpopThumbprint != nil else {
            throw TokenRefusal(.claimWrongType, claim: "cnf")
        }
    }

    private static func thumbprint(_ name: String, _ members: JSONObject) throws(TokenRefusal) -> Digest256? {
        guard let value = members[name] else { return nil }
        guard let text = value.text, let digest = Digest256(base64URL: [UInt8](text.utf8).span) else {
            throw TokenRefusal(.claimWrongType, claim: "cnf.\(name)")
        }
        return digest
    }
}
