import Foundation
import Glibc

/// A real OpenID provider, Canaille, on a port of 127.0.0.1 that it keeps when it is stopped and started again.
///
/// It has one user, alice, and one client, agent. With a password it gives access tokens that are JWTs with `aud:
/// [agent]` and no scope; to the client itself it gives opaque ones. It introspects both (RFC 7662).
final class Provider {
    static let client = "agent"
    static let secret = "a secret of the tests only"
    static let password = "correct horse battery"

    let port: UInt16
    private let scratch: ScratchFolder
    private let keys: [String]
    private var program: RunningProgram?

    /// Prepared, and not yet started. It has two signing keys for `start` to choose from.
    init() throws {
        let setup = try ProviderSetup.shared.get()
        port = try TCPListener.freePort()
        scratch = try ScratchFolder()
        keys = setup.keys
        try FileManager.default.copyItem(atPath: setup.database, toPath: ProviderSetup.database(in: scratch))
    }

    deinit { stop() }

    var issuer: String { "http://127.0.0.1:\(port)" }

    /// - Parameters:
    ///   - key: 0 or 1, the one it signs with.
    ///   - retired: keys it publishes without signing with them.
    func start(signing key: Int, retired: [Int] = []) throws {
        stop()
        let text = ProviderSetup.configuration(
            scratch, port: port, active: keys[key], retired: retired.map { keys[$0] })
        try scratch.write(text, to: "canaille.toml")
        let program = try RunningProgram(
            .canaille, arguments: ["run", "--bind", "127.0.0.1:\(port)", "--workers", "0"], scratch: scratch,
            environment: ["CANAILLE_CONFIG": scratch.file("canaille.toml")])
        self.program = program
        try program.waitUntilReady(within: 60) { (try? ask("GET", "/oauth/jwks.json").status) == 200 }
    }

    func stop() {
        program?.stop()
        program = nil
    }

    /// A JWT for alice. Two of the same second are the same token.
    func token() throws -> String {
        try grant(
            "grant_type=password&username=alice&password=\(Provider.escaped(Provider.password))&scope=openid%20profile")
    }

    /// A token that says nothing to anybody but its provider, and has no `sub` there either.
    func opaqueToken() throws -> String { try grant("grant_type=client_credentials&scope=profile") }

    func revoke(_ token: String) throws {
        let answer = try ask("POST", "/oauth/revoke", body: "token=\(Provider.escaped(token))")
        guard answer.status == 200 else { throw HarnessFailure("not revoked: \(answer.status)") }
    }

    /// The key set as it is published now.
    func publishedKeys() throws -> [UInt8] { try ask("GET", "/oauth/jwks.json").body }

    private func grant(_ body: String) throws -> String {
        let answer = try ask("POST", "/oauth/token", body: body)
        guard answer.status == 200, let token = answer.json["access_token"] as? String else {
            throw HarnessFailure("no token: \(answer.status) \(answer.text)")
        }
        return token
    }

    /// With the provider's own name as Host, which it insists on.
    func ask(_ method: String, _ path: String, body: String? = nil) throws -> HTTPAnswer {
        let connection = try TCPConnection(port: port)
        var text = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        if let body {
            let basic = Data("\(Provider.client):\(Provider.secret)".utf8).base64EncodedString()
            text += "Authorization: Basic \(basic)\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            text += "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        } else {
            text += "\r\n"
        }
        try connection.send(Array(text.utf8))
        let reader = HTTPReader(connection)
        guard let head = try reader.head() else { throw HarnessFailure("the provider closed without an answer") }
        return HTTPAnswer(head: head, body: try reader.body(of: head, untilClose: true))
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
