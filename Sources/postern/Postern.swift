import ArgumentParser
import Configuration
import Sidecar

/// The command line: arguments in, exit codes out. Everything it does is done elsewhere.
@main
struct Postern: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "postern",
        abstract: "Decides, for the proxy beside an agent, whether a request may pass.",
        subcommands: [
            Serve.self, CheckConfig.self, Add.self, Explain.self, Limits.self, Token.self, Audit.self, Version.self,
        ])
}

/// Exit codes of sysexits.h, which service managers know.
enum ExitStatus {
    static let configuration = ExitCode(78)
    static let unavailable = ExitCode(69)
}

struct ConfigOption: ParsableArguments {
    @Option(name: .long, help: "The configuration file: Postern's own, or a framework's.")
    var config = "postern.yaml"

    @OptionGroup var framework: FrameworkOptions
}

/// What a framework's file cannot say itself.
struct FrameworkOptions: ParsableArguments {
    @Option(
        name: .long, help: "Whose words the file is in: native, dockrion, agent-gateway or agentflow.",
        transform: FrameworkOptions.format)
    var format: ConfigurationFormat?

    @Flag(name: .long, help: "Of a framework's file, guard /metrics and /docs too.")
    var strict = false

    @Option(name: .long, help: "Keep the limits of a framework's file in this Redis, as POSTERN_REDIS_URL does.")
    var redis: String?

    var overrides: SettingsOverrides { SettingsOverrides(format: format, strict: strict, redis: redis) }

    private static func format(_ word: String) throws -> ConfigurationFormat {
        if let format = ConfigurationFormat(rawValue: word) { return format }
        let known = ConfigurationFormat.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("it must be one of \(known)")
    }
}

struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the version.")

    func run() {
        print("postern \(BuildInfo.version) (\(BuildInfo.configuration))")
    }
}
