import Foundation
import Testing

/// Secrets from servers that speak the stores' interfaces, and refuse what is not exactly so.
@Suite(.serialized, .needs(.postern, .python))
struct SecretStoreTests {
    /// One store, one way of logging in.
    struct Way: Sendable, CustomTestStringConvertible {
        var name: String
        var reference: String
        var kept: String
        var field: String?
        /// `URL` and `FOLDER` stand for where the server and the files are.
        var stores: String
        var environment: [String: String] = [:]

        var testDescription: String { name }

        func value(_ key: String) -> Any { field.map { [$0: key, "other": "x"] } ?? key as Any }
    }

    static let ways: [Way] = [
        Way(
            name: "vault, token", reference: "vault:kv/team/post ern#api_key", kept: "vault:kv/team/post ern",
            field: "api_key", stores: "  vault: {address: \"URL\", namespace: team/a, token: root-token}"),
        Way(
            name: "vault, environment", reference: "vault:kv/postern#api_key", kept: "vault:kv/postern",
            field: "api_key", stores: "",
            environment: ["VAULT_ADDR": "URL", "VAULT_TOKEN": "root-token", "VAULT_NAMESPACE": "team/a"]),
        Way(
            name: "vault, token file", reference: "vault:kv/postern#api_key", kept: "vault:kv/postern",
            field: "api_key",
            stores: "  vault: {address: \"URL/\", namespace: team/a, token_file: FOLDER/root}"),
        Way(
            name: "vault, kubernetes", reference: "vault:kv/postern#api_key", kept: "vault:kv/postern",
            field: "api_key",
            stores: "  vault: {address: \"URL\", namespace: team/a, role: postern, jwt_file: FOLDER/token}"),
        Way(
            name: "gcp, metadata", reference: "gcp:postern-key",
            kept: "gcp:projects/p-1/secrets/postern-key/versions/latest",
            stores: "  gcp: {project: p-1, endpoint: \"URL\", metadata_url: \"URL\"}"),
        Way(
            name: "gcp, service account", reference: "gcp:projects/p-2/secrets/k/versions/7",
            kept: "gcp:projects/p-2/secrets/k/versions/7",
            stores: "  gcp: {endpoint: \"URL\", token_url: \"URL/token\", credentials_file: FOLDER/account}"),
        Way(
            name: "azure, managed identity", reference: "azure:my-vault/postern-key", kept: "azure:postern-key",
            stores: "  azure: {endpoint: \"URL\", metadata_url: \"URL\"}"),
        Way(
            name: "azure, client secret", reference: "azure:my-vault/postern-key/abc123",
            kept: "azure:postern-key/abc123",
            stores: "  azure: {endpoint: \"URL\", authority: \"URL\", tenant_id: tenant-1, client_id: client-1, "
                + "client_secret: azure-client-secret}"),
        Way(
            name: "azure, workload identity", reference: "azure:my-vault/postern-key", kept: "azure:postern-key",
            stores: "  azure: {endpoint: \"URL\"}",
            environment: [
                "AZURE_TENANT_ID": "tenant-1", "AZURE_CLIENT_ID": "client-1", "AZURE_AUTHORITY_HOST": "URL/",
                "AZURE_FEDERATED_TOKEN_FILE": "FOLDER/token",
            ]),
    ]

    /// Fetched at start, replaced in the store, and taken without a restart: one server for each way of logging in, all
    /// at once.
    @Test func rotatesWithoutARestart() throws {
        let stores = try SecretStores()
        for way in Self.ways { stores.keep(way.kept, way.value("first-key-0123456789")) }
        let servers = try Self.ways.map { (way: $0, postern: try start($0, stores, try ScratchFolder())) }
        for (way, postern) in servers {
            #expect(try SecretFile.status("first-key-0123456789", at: postern) == 200, "\(way)")
        }
        for way in Self.ways { stores.keep(way.kept, way.value("second-key-0123456789")) }
        for (way, postern) in servers {
            let isTaken = try SecretFile.takes("second-key-0123456789", not: "first-key-0123456789", at: postern)
            #expect(isTaken, "\(way)")
        }
        try expectQuiet(servers)
    }

    /// A store whose secret has not changed makes no new configuration; and nothing of it all is written down.
    private func expectQuiet(_ servers: [(way: Way, postern: Postern)]) throws {
        let before = try servers.map { try $0.postern.metrics() }
        let unchanged = { (metrics: Metrics) in metrics.sum("postern_secret_refreshes_total", "outcome=\"unchanged\"") }
        for ((way, postern), before) in zip(servers, before) {
            #expect(before.sum("postern_secret_refreshes_total", "outcome=\"changed\"") == 2, "\(way)")
            #expect(before.sum("postern_secrets") == 1 && before.failedReloads == 0, "\(way)")
            let isLookedAt = try eventually(within: 5) { try unchanged(postern.metrics()) >= unchanged(before) + 1 }
            #expect(isLookedAt, "\(way)")
            #expect(try postern.metrics().reloads == before.reloads, "\(way)")
            for secret in ["first-key", "second-key", "root-token", "azure-client-secret"] {
                #expect(!postern.program.output.contains(secret), "\(way)")
            }
        }
    }

    /// The last good value stays while the store is away, is denied or has lost the secret, and says so once.
    @Test func keepsTheLastGoodValue() throws {
        let way = Self.ways[3]
        let scenes = try [503, 403, 404].map { status in
            let stores = try SecretStores()
            stores.keep(way.kept, way.value("first-key-0123456789"))
            return (status: status, stores: stores, postern: try start(way, stores, try ScratchFolder()))
        }
        for scene in scenes { scene.stores.fail(scene.status) }
        for (status, _, postern) in scenes {
            let isNoticed = try eventually(within: 8) {
                try postern.metrics().sum("postern_secret_refreshes_total", "outcome=\"failed\"") >= 2
            }
            #expect(isNoticed, "\(status)")
            #expect(try postern.metrics().sum("postern_secret_stores_failing") == 1, "\(status)")
            #expect(try SecretFile.status("first-key-0123456789", at: postern) == 200, "\(status)")
            postern.reload()
        }
        for (status, stores, postern) in scenes {
            #expect(try eventually(within: 5) { try postern.metrics().reloads >= 1 }, "\(status)")
            #expect(try SecretFile.status("first-key-0123456789", at: postern) == 200, "\(status)")
            stores.keep(way.kept, way.value("second-key-0123456789"))
            stores.fail(nil)
        }
        for (status, _, postern) in scenes {
            let isTaken = try SecretFile.takes("second-key-0123456789", not: "first-key-0123456789", at: postern)
            #expect(isTaken, "\(status)")
            #expect(eventually(within: 2) { postern.program.output.contains("secret store is back") }, "\(status)")
            #expect(postern.program.output.components(separatedBy: "secret store fails").count == 2, "\(status)")
        }
    }

    /// Nobody is asked, which a store that does not exist shows best; the rest of the file is judged.
    @Test func isCheckedOffline() throws {
        let scratch = try ScratchFolder()
        let stores = "  vault: {address: \"http://127.0.0.1:1\", token: root-token}"
        let good = SecretFile.text("vault:kv/postern#api_key", stores)
        let path = try scratch.write(
            good + "\nredis: {url: \"redis://:${vault:kv/p#q}@127.0.0.1:6379/0\"}\n", to: "a.yaml")
        let check = { (arguments: [String]) in try Command(postern: ["check-config"] + arguments, scratch: scratch) }
        #expect(try check([path]).status == 78)
        let offline = try check(["--offline", path])
        #expect(offline.status == 0 && offline.output == "\(path): ok, but for what was not looked up: 2\n")
        let lines = offline.errors.split(separator: "\n").map(String.init).filter { !$0.contains("warning") }
        #expect(lines.count == 2 && lines[0] == "\(path):5:24: not looked up: a secret of vault", "\(lines)")
        #expect(!offline.errors.contains("postern#") && !offline.errors.contains("root-token"))
        let bad = try scratch.write(good.replacing("path: /a", with: "paht: /a"), to: "b.yaml")
        let refused = try check(["--offline", bad])
        #expect(refused.status == 78 && refused.errors.contains("did you mean `path`?"), "\(refused.errors)")
    }

    /// A login that ends before its time is renewed, and nobody notices.
    @Test func logsInAgain() throws {
        let (stores, scratch, way) = (try SecretStores(), try ScratchFolder(), Self.ways[3])
        stores.keep(way.kept, way.value("first-key-0123456789"))
        let postern = try start(way, stores, scratch)
        let login = "POST /v1/auth/kubernetes/login"
        #expect(try eventually(within: 5) { try postern.metrics().sum("postern_secret_refreshes_total") >= 3 })
        #expect(try stores.taken().filter { $0 == login }.count == 1, "one login serves many looks")
        stores.revoke()
        stores.keep(way.kept, way.value("second-key-0123456789"))
        #expect(try SecretFile.takes("second-key-0123456789", not: "first-key-0123456789", at: postern))
        #expect(try stores.taken().filter { $0 == login }.count == 1)
        #expect(try postern.metrics().sum("postern_secret_refreshes_total", "outcome=\"failed\"") == 0)
    }

    /// A reload that refers to a secret nobody has is refused, and one that has come is taken.
    @Test func waitsForNewReferencesOnReload() throws {
        let (stores, scratch, way) = (try SecretStores(), try ScratchFolder(), Self.ways[0])
        stores.keep(way.kept, way.value("first-key-0123456789"))
        let postern = try start(way, stores, scratch)
        let text = SecretFile.text("vault:kv/new#k", filled(way.stores, stores, scratch))
        try postern.rewrite(text)
        #expect(try eventually(within: 8) { try postern.metrics().failedReloads == 1 })
        #expect(try SecretFile.status("first-key-0123456789", at: postern) == 200)
        #expect(eventually(within: 2) { postern.program.output.contains("does not exist") })
        stores.keep("vault:kv/new", ["k": "third-key-0123456789"])
        postern.reload()
        #expect(try SecretFile.takes("third-key-0123456789", not: "first-key-0123456789", at: postern))
    }

    private func start(_ way: Way, _ stores: SecretStores, _ scratch: ScratchFolder) throws -> Postern {
        try scratch.write(SecretFile.serviceAccountToken + "\n", to: "token")
        try scratch.write("root-token\n", to: "root")
        try scratch.write(stores.account(), to: "account")
        let text = SecretFile.text(way.reference, filled(way.stores, stores, scratch))
        let environment = way.environment.mapValues { filled($0, stores, scratch) }
        return try Postern(text, scratch: scratch, environment: environment)
    }

    private func filled(_ text: String, _ stores: SecretStores, _ scratch: ScratchFolder) -> String {
        text.replacingOccurrences(of: "URL", with: stores.url)
            .replacingOccurrences(of: "FOLDER", with: scratch.path)
    }
}
