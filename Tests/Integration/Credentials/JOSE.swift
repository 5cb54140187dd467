import Foundation

/// Keys, tokens and proofs of a library that has nothing to do with Postern: `jose.py`, by joserfc.
struct JOSE {
    /// A P-256 key.
    struct Key {
        /// In PEM.
        var privateKey: String
        var publicKey: String
        /// With this one key, its thumbprint for `kid`.
        var keySet: String
        var thumbprint: String
    }

    /// What `verify` found out.
    struct Verified {
        var header: [String: Any]
        var claims: [String: Any]
    }

    let scratch: ScratchFolder

    /// Carries out all orders in one run of the script, in order.
    func carryOut(_ orders: [[String: Any]]) throws -> [[String: String]] {
        let input = String(decoding: try JSONSerialization.data(withJSONObject: orders), as: UTF8.self)
        let script = Repository.path("Tests/Integration/Credentials/jose.py")
        let command = try Command(python: [script], input: input, scratch: scratch)
        guard let answers = try? JSONDecoder().decode([[String: String]].self, from: Data(command.output.utf8)),
            answers.count == orders.count
        else { throw HarnessFailure("jose.py: \(command.errors)") }
        return answers
    }

    func key() throws -> Key {
        let answer = try carryOut([["do": "key"]])[0]
        return Key(
            privateKey: try answer.text("private"), publicKey: try answer.text("public"),
            keySet: try answer.text("jwks"), thumbprint: try answer.text("thumbprint"))
    }

    /// Tokens signed with one key; the header names it.
    func tokens(_ claims: [[String: Any]], by key: Key) throws -> [String] {
        let orders: [[String: Any]] = claims.map {
            ["do": "sign", "key": key.privateKey, "header": ["kid": key.thumbprint], "claims": $0]
        }
        return try carryOut(orders).map { try $0.text("token") }
    }

    /// DPoP proofs for one request, each with an identifier of its own unless `claims` say otherwise.
    func proofs(
        _ count: Int = 1, _ method: String, _ url: String, token: String, by key: Key, claims: [String: Any] = [:]
    ) throws -> [String] {
        let order: [String: Any] = [
            "do": "proof", "key": key.privateKey, "method": method, "url": url, "token": token, "claims": claims,
        ]
        return try carryOut(Array(repeating: order, count: count)).map { try $0.text("token") }
    }

    /// Nil where the library refuses the token.
    func verify(_ token: String, keys: String) throws -> Verified? {
        let answer = try carryOut([["do": "verify", "jwks": keys, "token": token]])[0]
        guard let header = answer.object("header"), let claims = answer.object("claims") else { return nil }
        return Verified(header: header, claims: claims)
    }

    /// Claims of a token for the audience `agent`, good for an hour.
    static func claims(_ more: [String: Any] = [:]) -> [String: Any] {
        let now = Int(Date().timeIntervalSince1970)
        return ["iss": issuer, "aud": "agent", "sub": "alice", "iat": now, "exp": now + 3_600]
            .merging(more) { _, new in new }
    }

    static let issuer = "https://issuer.test"

    /// The lines of `auth.jwt` for tokens of this key, with its public part in the scratch folder.
    func section(_ key: Key, _ more: [String] = []) throws -> String {
        let file = try scratch.write(key.publicKey, to: "\(key.thumbprint.prefix(8)).pem")
        let lines = ["issuer: \(JOSE.issuer)", "public_key_file: \(file)", "audience: agent"] + more
        return "  jwt:\n" + lines.map { "    \($0)\n" }.joined()
    }
}

extension [String: String] {
    fileprivate func text(_ name: String) throws -> String {
        guard let text = self[name] else { throw HarnessFailure("jose.py: no \(name) in \(self)") }
        return text
    }

    fileprivate func object(_ name: String) -> [String: Any]? {
        self[name].flatMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
    }
}
