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
            Serve.self, CheckConfig.self, Add.self, Explain.self, Limits.self, Keys.self, Token.self, Audit.self,
            Version.self,
        ])
}

/// Exit codes of sysexits.h, which service managers know.
enum ExitStatus {
    static let configuration = ExitCode(78)
    static let unavailable = ExitCode(69)
}

struct ConfigOption: ParsableArguments {
    @Option(name: .long, help: "The configuration file.")
    var config = "postern.yaml"
}

struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the version.")

    func run() {
        print("postern \(BuildInfo.version) (\(BuildInfo.configuration))")
    }
}
