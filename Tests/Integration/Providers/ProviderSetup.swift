import Foundation

/// What a provider needs before its first start: keys and a database with a user and a client. Made once for all tests,
/// because it takes seconds.
struct ProviderSetup: Sendable {
    static let shared = Result { try ProviderSetup() }

    /// As TOML, each on one line.
    let keys: [String]
    let database: String

    private init() throws {
        let scratch = try ScratchFolder()
        self.scratch = scratch
        let paths = (0..<2).map { scratch.file("key-\($0).json") }
        // A configuration first, for every command reads it.
        try scratch.write(ProviderSetup.configuration(scratch, port: 1), to: "canaille.toml")
        try ProviderSetup.run(ProviderSetup.makeKeys, paths, scratch: scratch)
        keys = try paths.map(ProviderSetup.inlineTable)
        try ProviderSetup.run(
            ProviderSetup.makeAccounts, [Provider.client, Provider.secret, Provider.password], scratch: scratch)
        database = ProviderSetup.database(in: scratch)
        // Nothing of ours outlives the tests, and a static would.
        atexit { ProviderSetup.remove() }
    }

    private let scratch: ScratchFolder

    private static func remove() {
        if case .success(let setup) = shared { try? FileManager.default.removeItem(atPath: setup.scratch.path) }
    }

    static func database(in scratch: ScratchFolder) -> String { scratch.file("canaille.sqlite") }

    /// Canaille's own commands in one process, because each start of it costs a second.
    private static let prelude = """
        import json, sys
        from canaille.commands import cli
        from click.testing import CliRunner
        def run(*words):
            result = CliRunner().invoke(cli, list(words))
            if result.exit_code != 0:
                sys.exit(f"canaille {' '.join(words)}: {result.output} {result.exception}")
            return result.stdout
        """

    /// Writes a signing key to each path given.
    private static let makeKeys = """
        for path in sys.argv[1:]:
            open(path, "w").write(run("jwk", "create", "rsa", "--size", "2048", "--format", "json"))
        """

    /// The client is its own audience: only so may it introspect its tokens.
    private static let makeAccounts = """
        client, secret, password = sys.argv[1:]
        run("install")
        run("create", "user", "--user-name", "alice", "--password", password, "--given-name", "Alice",
            "--family-name", "Doe", "--formatted-name", "Alice Doe", "--emails", "alice@example.test")
        made = json.loads(run("create", "client", "--client-id", client, "--client-secret", secret,
            "--client-name", client, "--client-uri", "http://127.0.0.1/", "--redirect-uris", "http://127.0.0.1/back",
            "--grant-types", "client_credentials", "--grant-types", "password", "--scope", "openid",
            "--scope", "profile", "--token-endpoint-auth-method", "client_secret_basic",
            "--id-token-signed-response-alg", "RS256"))
        run("set", "client", made["id"], "--audience", made["id"])
        """

    private static func run(_ script: String, _ arguments: [String], scratch: ScratchFolder) throws {
        let python = URL(fileURLWithPath: try Tool.canaille.locate()).deletingLastPathComponent().path + "/python3"
        let configuration = "CANAILLE_CONFIG=\(scratch.file("canaille.toml"))"
        let command = try Command(
            "env", [configuration, python, "-c", "\(prelude)\n\(script)"] + arguments, scratch: scratch)
        guard command.status == 0 else { throw HarnessFailure("canaille was not set up: \(command.errors)") }
    }

    /// - Parameter active: the signing key as TOML; without one Canaille makes a key of its own, which is enough to
    ///   run its other commands.
    static func configuration(
        _ scratch: ScratchFolder, port: UInt16, active: String? = nil, retired: [String] = []
    ) -> String {
        let keys = active.map { "ACTIVE_JWKS = [\($0)]\nINACTIVE_JWKS = [\(retired.joined(separator: ", "))]\n" } ?? ""
        return """
            SECRET_KEY = "of these tests only"
            SERVER_NAME = "127.0.0.1:\(port)"
            PREFERRED_URL_SCHEME = "http"
            [CANAILLE]
            DATABASE = "sql"
            CAPTCHA_ENABLED = false
            [CANAILLE_SQL]
            DATABASE_URI = "sqlite:///\(database(in: scratch))"
            [CANAILLE_OIDC]
            REQUIRE_NONCE = false

            """ + keys
    }

    /// A JWK, all of whose members are strings, as TOML writes it on one line.
    private static func inlineTable(fromJSON path: String) throws -> String {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        guard let members = try JSONSerialization.jsonObject(with: data) as? [String: String], members["d"] != nil
        else {
            throw HarnessFailure("not a private key: \(path)")
        }
        return "{" + members.sorted { $0.key < $1.key }.map { "\($0.key) = \"\($0.value)\"" }.joined(separator: ", ")
            + "}"
    }
}
