import ArgumentParser
import Configuration
import Glibc
import Sidecar

/// The command line: arguments in, exit codes out. Everything it does is done elsewhere.
@main
struct Postern: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "postern",
        abstract: "Decides, for the proxy beside an agent, whether a request may pass.",
        subcommands: [Serve.self, CheckConfig.self, Explain.self, Audit.self, Version.self])
}

/// Exit codes of sysexits.h, which service managers know.
enum ExitStatus {
    static let unavailable = ExitCode(69)
    static let configuration = ExitCode(78)
}

struct ConfigOption: ParsableArguments {
    @Option(name: .long, help: "The configuration file.")
    var config = "postern.yaml"
}

/// Problems go to standard error, one a line, in the form editors jump to.
func report(_ problems: [ConfigurationProblem]) {
    for problem in problems {
        let line = [UInt8]("\(problem)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}

struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the version.")

    func run() {
        print("postern \(BuildInfo.version) (\(BuildInfo.configuration))")
    }
}
