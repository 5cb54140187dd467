import ArgumentParser
import Configuration
import Sidecar

struct CheckConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config", abstract: "Say everything that is wrong with a configuration file.",
        discussion: """
            Exits with 0 if Postern would start with it, else with 78. Of a framework's file it says whose it was \
            taken for; --format says otherwise.
            """)

    @Argument(help: "The configuration file.")
    var file: String

    @Option(name: .long, help: "The name of an authenticator that is compiled into the program the file is for.")
    var authenticator: [String] = []

    @OptionGroup var framework: FrameworkOptions

    func run() throws {
        var source = ConfigurationSource(path: file, overrides: framework.overrides, authenticators: authenticator)
        let loaded = source.load()
        ProblemReport.write(loaded.problems)
        let framework = source.format?.framework
        guard loaded.snapshot != nil else {
            throw framework.map { ConfigurationFile.refusal("\(file): read as a file of \($0)") }
                ?? ExitStatus.configuration
        }
        print("\(file): ok\(framework.map { ", a file of \($0)" } ?? "")")
    }
}
