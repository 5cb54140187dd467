import Configuration
import Testing

/// `${VAR}` where it is right; `ExpansionFaultTests` has what is wrong.
@Suite struct ExpansionTests {
    /// The realm that `text` becomes.
    private func realm(_ text: String, _ environment: [String: String]) throws -> String {
        try load("auth:\n  mode: none\n  realm: '\(text)'\n", environment).auth.realm
    }

    @Test(arguments: [
        ("${A}", "one"), ("x${A}y${B}z", "xoneytwoz"), ("${C:-three}", "three"), ("${A:-three}", "one"),
        ("${EMPTY:-three}", "three"), ("${C:-a:-b}", "a:-b"), ("$${A}", "${A}"), ("$$${A}", "$${A}"), ("$A", "$A"),
        ("a$$b$", "a$$b$"), ("}{", "}{"), ("${C:-$5}", "$5"),
    ])
    func standsFor(_ text: String, _ expected: String) throws {
        #expect(try realm(text, ["A": "one", "B": "two", "EMPTY": ""]) == expected)
    }

    @Test func aValueIsNotExpandedAgain() throws {
        #expect(try realm("${A}", ["A": "${B}", "B": "two"]) == "${B}")
    }

    @Test func aValueIsNeverYAML() throws {
        let environment = ["A": "x, allow_short: true, b: [", "K": "0123456789abcdef"]
        let yaml = "auth:\n  api_keys:\n    keys: [{id: \"${A}\", key: \"${K}\"}]\n"
        #expect(try load(yaml, environment).auth.apiKeys.keys.map(\.id) == ["x, allow_short: true, b: ["])
    }

    @Test func numbersAndFlagsMayComeFromVariables() throws {
        let yaml = "auth: {mode: none}\nworkers: ${W:-3}\nlog: {allowed: \"${F}\"}\n"
        let settings = try load(yaml, ["F": "true"])
        #expect(settings.workers == 3 && settings.log.allowed)
    }

    @Test func keysOfMappingsAreNotExpanded() {
        let yaml = "auth: {mode: none}\n\"${A}\": 2\n"
        let loaded = SettingsLoader.load(text: Array(yaml.utf8), name: "f", environment: ["A": "workers"])
        #expect(loaded.settings == nil && loaded.problems.first?.line == 2)
    }

    /// One large variable, named many times, must not fill the memory.
    @Test func expansionsHaveABound() {
        let keys = (0..<5_000).map { "      - {id: k\($0), key: \"0123456789ab\($0)\", description: \"${A}\"}\n" }
            .joined()
        let yaml = "auth:\n  api_keys:\n    allow_short: true\n    keys:\n\(keys)"
        let environment = ["A": String(repeating: "x", count: 4_000)]
        let loaded = SettingsLoader.load(text: Array(yaml.utf8), name: "f", environment: environment)
        #expect(loaded.problems.first?.message == "`description` is too long once its variables are expanded")
        #expect(loaded.problems.first?.line == 4_199)
    }
}
