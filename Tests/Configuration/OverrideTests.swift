import Configuration
import Testing

/// Addresses from the command line.
@Suite struct OverrideTests {
    private func loaded(_ overrides: SettingsOverrides) -> LoadedSettings {
        let yaml = "auth: {mode: none}\nlisten:\n  - {address: \"127.0.0.1:1\"}\n  - {address: \"127.0.0.1:2\"}\n"
        return SettingsLoader.load(text: Array(yaml.utf8), name: "f", environment: [:], overrides: overrides)
    }

    @Test func oneListenerTakesThePlaceOfAll() throws {
        let settings = try #require(loaded(SettingsOverrides(listen: "unix:/tmp/a", admin: "127.0.0.1:0")).settings)
        #expect(settings.listeners.map(\.endpoint) == [.unix(path: "/tmp/a")])
        #expect(settings.admin.endpoint == .tcp(host: "127.0.0.1", port: 0))
    }

    @Test func anOpenAddressNeedsTheFile() {
        let problems = loaded(SettingsOverrides(listen: "0.0.0.0:80")).problems.map(\.description)
        #expect(
            problems == [
                "f: --listen is beyond loopback; write it in the file, with `allowed_peers` or `tls.client_ca`"
            ])
    }

    @Test func aWrongAddressNamesItsFlag() {
        #expect(loaded(SettingsOverrides(admin: "9192")).said == "--admin needs a port, as `127.0.0.1:9191`")
    }
}
