import Credentials
import Testing

@testable import Configuration

/// References in a file: what is wanted, what is done with what is known, and that no message repeats any of it.
@Suite struct SecretReferenceFileTests {
    private static let text = """
        auth:
          mode: api_key
          api_keys:
            keys:
              - {id: a, key: "vault:kv/a#hush"}
              - {id: b, key: "vault:kv/a#hush2", name: "${vault:kv/a#name}!"}
        secrets:
          vault: {address: https://vault.example/, token: root}
        """

    private func load(
        _ text: String = Self.text, _ values: [SecretRequest: Result<Secret, SecretFault>] = [:],
        environment: [String: String] = [:]
    ) -> LoadedSettings {
        SettingsLoader.load(
            text: Array(text.utf8), name: "f", environment: environment, secrets: SecretValues(values))
    }

    @Test func whatIsNotKnownIsWanted() {
        let loaded = load()
        #expect(loaded.settings == nil && loaded.said == "")
        #expect(loaded.secrets.wanted.map(\.request.reference.name) == ["kv/a", "kv/a", "kv/a"])
        #expect(loaded.secrets.wanted.map(\.position.line) == [5, 6, 6])
        let stores = Set(loaded.secrets.wanted.map(\.request.store))
        let store = VaultStore(address: "https://vault.example", login: .token(HiddenText("root")))
        #expect(stores == [.vault(store)])
    }

    @Test func whatIsKnownIsUsed() throws {
        var values: [SecretRequest: Result<Secret, SecretFault>] = [:]
        for use in load().secrets.wanted {
            values[use.request] = .success(Secret(Array("value-of-\(use.request.reference.field ?? "")-0123".utf8)))
        }
        let loaded = load(Self.text, values)
        #expect(loaded.said == "" && loaded.secrets.wanted.isEmpty && loaded.secrets.all.count == 3)
        let keys = try #require(loaded.settings).auth.apiKeys.keys
        #expect(keys.map(\.material) == ["hush", "hush2"].map { .plain(Secret(Array("value-of-\($0)-0123".utf8))) })
        #expect(keys[1].name == "value-of-name-0123!")
    }

    /// A fetched secret is held to the same rules, and a fault has the reference's place.
    @Test func whatIsWrongIsToldWithItsPlace() {
        let wanted = load().secrets.wanted.map(\.request)
        let loaded = load(
            Self.text,
            [
                wanted[0]: .success(Secret(Array("short".utf8))), wanted[1]: .failure(.notFound),
                wanted[2]: .failure(.denied(status: 403)),
            ])
        #expect(
            loaded.said == """
                5:22: `key` is shorter than 16 bytes; use a longer key, or `allow_short: true`
                6:22: `key`: the secret it refers to does not exist
                6:48: `name`: the secret it refers to may not be read by us: the store answered with status 403
                """)
        #expect(!loaded.said.contains("hush") && !loaded.said.contains("kv/a"))
    }

    @Test(arguments: [
        ("{address: http://vault.example, token: t}", "`address` must be `https://`"),
        ("{address: https://v.example/, token: t, role: r}", "`secrets.vault` has `token` too; keep one"),
        ("{address: https://v.example/}", "`secrets.vault` needs `token`, `token_file` or `role`"),
        ("{token: t}", "`secrets.vault` needs `address`, or the variable VAULT_ADDR"),
        ("{address: https://v.example/, token: \"aws:hush\"}", "`token` leads to other secrets, so it may only be"),
        ("{address: https://v.example/, token_file: relative}", "`token_file` must be an absolute path"),
        ("{address: https://v.example/, role: r, mount: a/../b}", "`mount` must be a path such as `kubernetes`"),
        ("{address: https://v.example/, token: t, mount: k}", "`mount` is for `role`, which is not there"),
    ])
    func aFaultyStoreIsToldOnce(_ vault: String, _ words: String) {
        let loaded = load("auth: {mode: none}\nsecrets:\n  vault: \(vault)\n")
        #expect(loaded.said.contains(words), "\(loaded.said)")
        #expect(loaded.settings == nil && loaded.said.split(separator: "\n").count == 1, "\(loaded.said)")
        #expect(!loaded.said.contains("hush"))
    }

    /// A container's agent gets our token in plain HTTP only where it is known to live.
    @Test(arguments: [
        ("http://169.254.170.2/v2/creds", true), ("http://169.254.170.23/v1/credentials", true),
        ("http://127.0.0.1:8080/creds", true), ("https://agent.example/creds", true),
        ("http://agent.example/creds", false), ("http://169.254.170.2.example/creds", false),
        ("http://169.254.170.2@evil.example/", false), ("ftp://169.254.170.2/", false),
    ])
    func aContainersAgentIsHeldToItsPlace(_ url: String, _ isGood: Bool) {
        let environment = ["AWS_REGION": "eu-central-1", "AWS_CONTAINER_CREDENTIALS_FULL_URI": url]
        #expect(load("auth: {mode: none}\n", environment: environment).said == "", "nobody refers to it")
        let loaded = load(
            "auth: {mode: api_key, api_keys: {keys: [{id: a, key: \"aws:a\"}]}}", environment: environment)
        #expect((loaded.said == "") == isGood, "\(loaded.said)")
        #expect(loaded.secrets.wanted.isEmpty != isGood)
    }

    /// `${…}` with a default is a variable still, whatever its name.
    @Test func aVariableMayBeNamedSo() throws {
        let loaded = load("auth: {mode: none}\naudit: {file: \"/${vault:-log}/${file:-a}\"}\n")
        #expect(loaded.settings?.audit?.destination == .file("/log/a"))
    }

    @Test func anARNSaysItsRegion() {
        let keys = ["AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "i", "AWS_SECRET_ACCESS_KEY": "s"]
        let arn = "arn:aws:secretsmanager:eu-west-1:1:secret:a"
        let loaded = load("auth: {mode: api_key, api_keys: {keys: [{id: a, key: \"aws:\(arn)\"}]}}", environment: keys)
        guard case .aws(let store)? = loaded.secrets.wanted.first?.request.store else {
            Issue.record("\(loaded.said)")
            return
        }
        #expect(store.region == "eu-west-1" && store.endpoint == "https://secretsmanager.eu-west-1.amazonaws.com")
    }
}
