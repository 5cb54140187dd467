import Testing

@testable import Configuration

/// docs/configuration.md and docs/credentials.md say what the reader does.
@Suite struct DocumentationTests {
    private let text: String

    init() throws {
        let root = String(#filePath).split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        let pages = try ["configuration", "credentials"].map { page in
            let path = root.joined(separator: "/") + "/docs/\(page).md"
            return String(decoding: try FileBytes.read(path, atMost: 1 << 20), as: UTF8.self)
        }
        text = pages.joined(separator: "\n")
    }

    @Test func everyKeyHasALineInItsSection() {
        for section in SectionKeys.all {
            let body = self.body(of: section.name.replacing("[]", with: ""))
            for key in section.known {
                #expect(body.contains("| `\(key)` |"), "\(key) is missing under \(section.name)")
            }
            #expect(body.components(of: "\n| `").count - 1 == section.known.count, "too much under \(section.name)")
        }
    }

    @Test func theExampleLoadsWithoutAWarning() throws {
        let example = try #require(text.components(of: "```yaml example\n").last?.components(of: "```").first)
        let environment = [
            "AGENT_KEY": "agent-key-0123456789", "TEAM_KEY_BLUE": "blue-key-0123456789",
            "FRONTEND_KEY": "frontend-key-0123456789",
        ]
        let loaded = SettingsLoader.load(
            text: Array(example.utf8), name: "f", environment: environment, now: Environment.now)
        #expect(loaded.said == "")
        #expect(loaded.settings?.auth.apiKeys.keys.map(\.id) == ["frontend", "batch", "default", "BLUE"])
    }

    @Test(arguments: ["jwt", "issuers", "oauth2", "mtls", "external", "limits"])
    func theExamplesOfModesLoadWithoutAWarning(_ mode: String) throws {
        let example = try #require(
            text.components(of: "```yaml \(mode)\n").dropFirst().first?.components(of: "```").first)
        let environment = [
            "AGENT_KEY": "agent-key-0123456789", "JWT_SECRET": "0123456789abcdef0123456789abcdef",
            "INTROSPECTION_SECRET": "secret",
        ]
        let loaded = SettingsLoader.load(text: Array(example.utf8), name: "f", environment: environment)
        #expect(loaded.said == "")
        #expect(loaded.settings != nil)
    }

    @Test func defaultsAreThoseOfTheCode() {
        let bounds = Bounds()
        let documented = [
            "head_bytes": bounds.headBytes, "headers": bounds.headers, "body_bytes": bounds.bodyBytes,
            "connections": bounds.connections, "head_timeout_seconds": bounds.headTimeoutSeconds,
            "idle_timeout_seconds": bounds.idleTimeoutSeconds, "max_cost": bounds.maxCost,
            "cold_checks": bounds.coldChecks,
        ]
        for (key, value) in documented {
            #expect(text.contains("| `\(key)` | number | \(value) |"), "\(key)")
        }
    }

    /// From a section's heading to the next heading of any level.
    private func body(of section: String) -> String {
        let heading = section.isEmpty ? "The file" : section
        for part in text.components(of: "\n#") {
            let title = part.prefix { $0 != "\n" }.drop { $0 == "#" || $0 == " " }
            if title == heading { return part }
        }
        return ""
    }
}

extension String {
    /// Foundation has a word for this, and is not imported here.
    fileprivate func components(of separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
