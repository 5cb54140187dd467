import Configuration
import Testing

/// Framework files for tests: read from text, with an environment of their own.
enum FrameworkExample {
    static let dockrionHead = """
        version: "1.0"
        agent: {name: demo, entrypoint: "app.graph:build"}
        io_schema: {strict: true}
        expose: {port: 8080}

        """

    static let environment = [
        "DOCKRION_API_KEY": "dockrion-key-0123456789", "TEAM_PROD": "team-prod-0123456789",
        "TEAM_DEV": "team-dev-0123456789", "OPS_KEY": "ops-key-0123456789", "WEB_KEY": "web-key-0123456789",
        "JWT_SECRET_KEY": "0123456789abcdef0123456789abcdef", "JWT_ALGORITHM": "HS256",
        "PEM": Files.text("public-ec.pem"),
    ]
}

func loaded(
    _ text: String, format: ConfigurationFormat? = nil, strict: Bool = false, redis: String? = nil,
    _ environment: [String: String] = FrameworkExample.environment
) -> LoadedSettings {
    SettingsLoader.load(
        text: Array(text.utf8), name: "f", environment: environment,
        overrides: SettingsOverrides(format: format, strict: strict, redis: redis), now: Environment.now)
}

/// Settings of a framework's file that must load, and compile.
func framework(
    _ text: String, strict: Bool = false, redis: String? = nil,
    _ environment: [String: String] = FrameworkExample.environment, _ location: SourceLocation = #_sourceLocation
) throws -> Settings {
    let loaded = loaded(text, strict: strict, redis: redis, environment)
    let said = loaded.said
    let settings = try #require(loaded.settings, "\(said)", sourceLocation: location)
    let compiled = SnapshotCompiler.compile(settings, file: "f")
    #expect(compiled.snapshot != nil, "\(compiled.problems)", sourceLocation: location)
    return settings
}

extension Settings {
    /// `POST /invoke invoke`, in order, for what is not public.
    var guards: [String] {
        routes.filter { !$0.isPublic }.map { route in
            let methods = route.methods.isEmpty ? "*" : route.methods.joined(separator: ",")
            return ([methods, route.path] + route.permissions + route.scopes).joined(separator: " ")
        }
    }

    var openPaths: [String] { routes.filter(\.isPublic).map(\.path) }
}
