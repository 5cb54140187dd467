import Foundation

/// The keys of one run, and the tokens made with them.
final class FrameworkKeys {
    private let scratch: ScratchFolder
    private let key: JOSE.Key
    private let keyServer: KeyServer
    private let keys: [String: String]
    /// What `{…}` stands for in tables.
    private let values: [String: String]

    static let secret = "0123456789abcdef0123456789abcdef"

    init(scratch: ScratchFolder) throws {
        let jose = JOSE(scratch: scratch)
        self.scratch = scratch
        key = try jose.key()
        keyServer = try KeyServer(Array(key.keySet.utf8))
        keys = [
            "good": key.privateKey, "other": try jose.key().privateKey, "public": key.publicKey,
            "secret": FrameworkKeys.secret, "wrong": "\(FrameworkKeys.secret)-wrong",
        ]
        values = [
            "{public}": key.publicKey, "{jwks}": keyServer.url, "{kid}": key.thumbprint,
            "{secret}": FrameworkKeys.secret,
        ]
    }

    func filled(_ text: String) -> String {
        values.reduce(text) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
    }

    /// A token for each order, as `tokens.py` reads them.
    func tokens(_ orders: [Any], defaults: Any) throws -> [String] {
        let input: [String: Any] = ["orders": orders, "defaults": defaults, "keys": keys]
        let text = filled(String(decoding: try JSONSerialization.data(withJSONObject: input), as: UTF8.self))
        let script = Repository.path("Tests/Integration/Frameworks/Apps/tokens.py")
        let command = try Command(frameworks: [script], input: text, scratch: scratch)
        guard let tokens = try? JSONDecoder().decode([String].self, from: Data(command.output.utf8)),
            tokens.count == orders.count
        else { throw HarnessFailure("tokens.py: \(command.errors)") }
        return tokens
    }
}
