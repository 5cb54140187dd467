import Configuration
import Glibc
import Testing

/// A secret shows up nowhere, wherever it was put.
@Suite struct SecretTests {
    private static let marker = "Hunter2Hunter2Hunter2"

    @Test func aSecretDoesNotPrint() {
        let secret = Secret(Array("Hunter2".utf8))
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped, "\([secret])", "\(KeyMaterial.plain(secret))"] {
            #expect(!text.contains("Hunter2") && !text.contains("72"), "\(text)")
        }
    }

    @Test func settingsDoNotPrintTheirSecrets() throws {
        let yaml = """
            auth:
              api_keys: {keys: [{id: a, key: \(Self.marker)}]}
            redis: {url: "redis://u:\(Self.marker)@h"}
            """
        let settings = try load(yaml)
        var dumped = "\(settings)"
        dump(settings, to: &dumped)
        #expect(!dumped.contains("Hunter"))
    }

    /// Each value and each key of a whole file in turn, by itself and by way of a variable.
    @Test(arguments: [marker, "${MARKER}", "x${MARKER}", "redis://u:\(marker)@", "file:/\(marker)", "unix:/\(marker)"])
    func noMessageRepeatsAValue(_ value: String) {
        var environment = Environment.usual
        environment["MARKER"] = Self.marker
        var refused = 0
        for text in Self.replacements(with: value) {
            let loaded = SettingsLoader.load(text: Array(text.utf8), name: "f", environment: environment)
            if loaded.settings == nil { refused += 1 }
            #expect(!loaded.said.contains("Hunter2Hunter2"), "\(text)")
        }
        #expect(refused > 100)
    }

    /// The full example with one of its words replaced, once for each word.
    private static func replacements(with value: String) -> [String] {
        [SettingsLoaderTests.full, CredentialExample.yaml].flatMap { full in replacements(in: full, with: value) }
    }

    private static func replacements(in full: String, with value: String) -> [String] {
        full.split { " [],{}\n\"".contains($0) }.filter { $0 != "-" && $0 != "#" }.map { word in
            full.replacing(word, with: word.hasSuffix(":") ? "\(value): " : "\"\(value)\"", maxReplacements: 1)
        }
    }

    @Test func aFilesSecretIsReadWithoutItsNewline() throws {
        let path = "/tmp/postern-secret-\(getpid())"
        defer { unlink(path) }
        for (content, expected) in [
            ("key-0123456789abc\n", "key-0123456789abc"), ("key-0123456789abc\r\n", "key-0123456789abc"),
        ] {
            let file = try #require(fopen(path, "w"))
            fputs(content, file)
            fclose(file)
            let keys = try load("auth:\n  api_keys: {keys: [{id: a, key: \"file:\(path)\"}]}\n").auth.apiKeys.keys
            #expect(keys.map(\.material) == [.plain(Secret(Array(expected.utf8)))])
        }
    }

    @Test func aVariablesKeyLosesTheBlanksAroundIt() throws {
        let keys = try load("auth: {api_keys: {env_var: K}}\n", ["K": " \tkey-0123456789abc \n"]).auth.apiKeys.keys
        #expect(keys.map(\.material) == [.plain(Secret(Array("key-0123456789abc".utf8)))])
    }

    @Test func shortKeysCanBeAllowed() throws {
        let yaml = "auth:\n  api_keys: {allow_short: true, keys: [{id: a, key: tiny}]}\n"
        #expect(try load(yaml).auth.apiKeys.keys.count == 1)
    }
}
