import Testing

@testable import Configuration

@Suite struct FormatTests {
    private func format(_ text: String) throws -> ConfigurationFormat {
        let problems = ProblemList(file: "f")
        return ConfigurationFormat.detect(try #require(YAMLReader.read(Array(text.utf8)[...], problems)))
    }

    @Test(arguments: [
        ("auth: {mode: api_key}", ConfigurationFormat.native),
        ("auth: {mode: none}\nlisten: []", .native),
        ("auth: {mode: none}\nredis: {url: x}\nmemory: {max_buckets: 1}", .native),
        ("version: '1.0'\nagent: {name: a}\nauth: {mode: api_key}", .dockrion),
        ("agent: {name: a}", .dockrion),
        ("auth: {enabled: true, mode: api_key}", .agentGateway),
        ("auth: {mode: api_key, api_keys: [{name: a, key: b}]}", .agentGateway),
        ("auth: {mode: oauth2, oauth2: {issuer: i, jwks_uri: j}}", .agentGateway),
        ("server: {port: 1}", .agentGateway),
        ("{\"agent\": \"a:b\"}", .agentflow),
        ("{\"agent\": \"a:b\", \"auth\": null, \"redis\": null}", .agentflow),
        ("{\"auth\": \"jwt\"}", .agentflow),
        ("{\"auth\": {\"method\": \"custom\", \"path\": \"a:B\"}}", .agentflow),
        ("[]", .native), ("{}", .native),
    ])
    func tellsByContent(_ text: String, _ expected: ConfigurationFormat) throws {
        #expect(try format(text) == expected)
    }

    @Test func theFlagWins() {
        let text = "auth: {api_keys: [{name: a, key: 0123456789abcdef}]}"
        #expect(loaded(text).settings?.auth.apiKeys.keys.map(\.id) == ["a"])
        #expect(loaded(text, format: .native).settings == nil)
    }

    @Test func redisIsForFrameworksAlone() {
        let native = "auth: {mode: none}\nworkers: 1\n"
        #expect(loaded(native, redis: "redis://r").said.contains("`--redis` goes with a framework's file"))
        #expect(loaded(native, strict: true).said.contains("`--strict` goes with a framework's file"))
    }
}
