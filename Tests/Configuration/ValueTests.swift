import Configuration
import Domain
import Testing

/// Values that are right: the forms each kind may take.
@Suite struct ValueTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:01.999Z", 1), ("2000-02-29T12:30:45Z", 951_827_445),
        ("2027-01-01T00:00:00+02:00", 1_798_754_400), ("2026-12-31T22:00:00-02:00", 1_798_761_600),
        ("2100-03-01T00:00:00Z", 4_107_542_400), ("9999-12-31T23:59:59Z", 253_402_300_799),
    ])
    func time(_ text: String, _ expected: Int64) throws {
        #expect(try expiry(text) == expected)
    }

    @Test(arguments: [
        "2027-01-01", "2027-01-01T00:00:00", "2027-01-01 00:00:00Z", "2027-13-01T00:00:00Z", "2027-00-01T00:00:00Z",
        "2027-01-32T00:00:00Z", "2027-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2027-01-01T24:00:00Z",
        "2027-01-01T00:60:00Z", "2027-01-01T00:00:60Z", "2027-01-01T00:00:00.Z", "2027-01-01T00:00:00+2:00",
        "2027-01-01T00:00:00+0200", "1969-12-31T23:59:59Z", "tomorrow", "1798761600",
    ])
    func noTime(_ text: String) { #expect(throws: (any Error).self) { try expiry(text) } }

    private func expiry(_ text: String) throws -> Int64? {
        let yaml = "auth:\n  api_keys:\n    keys: [{id: a, key: 0123456789abcdef, expires_at: '\(text)'}]\n"
        let loaded = SettingsLoader.load(text: Array(yaml.utf8), name: "f", environment: [:], now: -1)
        if let problem = loaded.problems.first { throw problem }
        return loaded.settings?.auth.apiKeys.keys[0].expiresAt
    }

    @Test func quotesMakeNoDifference() throws {
        let plain = "auth: {mode: none}\nworkers: 8\nlog: {allowed: true}\npreflight: allow\n"
        let quoted = "\"auth\": {'mode': 'none'}\nworkers: '8'\nlog: {allowed: \"true\"}\npreflight: \"allow\"\n"
        #expect(try load(plain) == load(quoted))
    }

    /// YAML 1.1 would make a false, a number and a moment of these.
    @Test(arguments: ["no", "012", "2027-01-01", "1e3", "Null0", "=", "12:30:45"])
    func textStaysText(_ text: String) throws {
        let yaml = "auth:\n  api_keys:\n    keys: [{id: \(text), key: 0123456789abcdef}]\n"
        #expect(try load(yaml).auth.apiKeys.keys[0].id == text)
    }

    @Test(arguments: [
        ("127.0.0.1:0", Endpoint.tcp(host: "127.0.0.1", port: 0)), ("[::1]:65535", .tcp(host: "::1", port: 65_535)),
        ("[::ffff:127.0.0.1]:80", .tcp(host: "::ffff:127.0.0.1", port: 80)), ("unix:/a b", .unix(path: "/a b")),
    ])
    func address(_ text: String, _ expected: Endpoint) throws {
        let yaml = "auth: {mode: none}\nlisten: [{address: '\(text)'}]\n"
        #expect(try load(yaml).listeners.map(\.endpoint) == [expected])
    }

    @Test(arguments: ["0.0.0.0:1", "[::]:1", "10.0.0.1:1", "126.255.255.255:1", "[::2]:1", "[fe80::1]:1"])
    func anAddressBeyondLoopbackNeedsAGuard(_ text: String) throws {
        let listener = "auth: {mode: none}\nlisten: [{address: '\(text)'"
        let bare = SettingsLoader.load(text: Array("\(listener)}]\n".utf8), name: "f", environment: [:])
        #expect(bare.said == "2:11: `address` is beyond loopback, so it needs `allowed_peers` or `tls.client_ca`")
        _ = try load("\(listener), allowed_peers: [loopback]}]\n")
        _ = try load("\(listener), tls: {certificate: /dev/null, key: /dev/null, client_ca: /dev/null}}]\n")
    }

    @Test func identityHeadersKeepTheirOwnOrder() throws {
        let yaml = "auth: {mode: none}\nresponse: {identity_headers: {prefix: X-Who-, names: [roles, user-id]}}\n"
        let headers = try load(yaml).response.identityHeaders
        #expect(headers.fields.map(\.headerSuffix) == ["User-Id", "Roles"] && headers.prefix == "X-Who-")
    }

    @Test(arguments: ["/", "/a/", "/*", "/**/x", "/a b", "/café", "/caf%C3%A9", "/v1/tasks:run"])
    func pattern(_ path: String) throws {
        #expect(try load("auth: {mode: none}\nroutes: [{path: '\(path)'}]\n").routes.map(\.path) == [path])
    }
}
