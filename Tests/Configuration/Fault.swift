import Configuration
import Testing

/// A small broken configuration, and everything that is said about it.
struct Fault: CustomTestStringConvertible, Sendable {
    let name: String
    let yaml: String
    /// One line for each problem, without the file's name.
    let expected: String

    init(_ name: String, _ yaml: String, _ expected: String) {
        self.name = name
        self.yaml = yaml
        self.expected = expected
    }

    var testDescription: String { name }

    func check(_ location: SourceLocation = #_sourceLocation) {
        let text = yaml.isEmpty ? [] : Array("\(yaml)\n".utf8)
        let loaded = SettingsLoader.load(text: text, name: "f", environment: Environment.usual, now: Environment.now)
        #expect(loaded.said == expected, sourceLocation: location)
        let isRefused = loaded.problems.contains { $0.severity == .error }
        #expect((loaded.settings == nil) == isRefused, sourceLocation: location)
    }
}

enum Environment {
    /// 2026-09-21, so that no test depends on its day.
    static let now: Int64 = 1_790_000_000
    static let usual = [
        "GOOD": "0123456789abcdef", "EMPTY": "", "SHORT": "tiny", "FRONTEND_KEY": "frontend-key-0123456789",
        "AGENT_KEY": "agent-key-0123456789", "AGENT_KEY_PROD": "agent-key-prod-0123456789",
        "AGENT_KEY_DEV": "agent-key-dev-0123456789", "NEIGHBOUR": "neighbour-secret-value",
        "LINK_KEY_WEB": "tcp://10.0.0.1:8080", "LINK_KEY_WEB_PORT": "8080808080808080808",
        "JWT_SECRET": "0123456789abcdef0123456789abcdef", "CLIENT_SECRET": "client-secret", "BLANK": " \n",
        "PEM_EC": Files.text("public-ec.pem"), "PEM_PRIVATE": Files.text("test-only-private.pem"),
        "PEM_BROKEN": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        "PEM_FLAT": "-----BEGIN PUBLIC KEY-----\\nMFkw\\n-----END PUBLIC KEY-----",
        "TWIN_KEY_A": "twin-key-0123456789", "TWIN_KEY_B": "twin-key-0123456789", "WEAK_KEY_A": "short",
    ]
}

extension LoadedSettings {
    /// The problems as lines, `f:2:1: …` as `2:1: …`.
    var said: String {
        problems.map { String($0.description.dropFirst($0.position == .none ? 3 : 2)) }.joined(separator: "\n")
    }
}

/// Settings of a text that must load without an error.
func load(
    _ yaml: String, _ environment: [String: String] = Environment.usual, _ location: SourceLocation = #_sourceLocation
) throws -> Settings {
    let loaded = SettingsLoader.load(text: Array(yaml.utf8), name: "f", environment: environment, now: Environment.now)
    let problems = loaded.said
    return try #require(loaded.settings, "\(problems)", sourceLocation: location)
}
