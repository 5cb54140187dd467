import ArgumentParser
import Configuration
import Sidecar

struct CheckConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config", abstract: "Say everything that is wrong with a configuration file.",
        discussion: """
            Exits with 0 if Postern would start with it, else with 78. Of a framework's file it says whose it was \
            taken for; --format says otherwise. Secrets that the file refers to are fetched as at a start, unless \
            --offline is said.
            """)

    @Argument(help: "The configuration file.")
    var file: String

    @Option(name: .long, help: "The name of an authenticator that is compiled into the program the file is for.")
    var authenticator: [String] = []

    @Flag(name: .long, help: "Ask no secret store, and say which references were not looked up.")
    var offline = false

    @OptionGroup var framework: FrameworkOptions

    func run() throws {
        var source = ConfigurationSource(path: file, overrides: framework.overrides, authenticators: authenticator)
        if offline { return try check(source) }
        let loaded = source.load()
        ProblemReport.write(loaded.problems)
        guard loaded.snapshot != nil else { throw refusal(source.format) }
        print("\(file): ok\(kind(source.format))")
    }

    /// Without what stores keep.
    private func check(_ source: consuming ConfigurationSource) throws {
        let (problems, skipped) = source.checkOffline()
        ProblemReport.write(problems)
        for use in skipped {
            let place = "\(file):\(use.position.line):\(use.position.column)"
            StandardError.write("\(place): not looked up: a secret of \(use.storeName)")
        }
        if problems.contains(where: { $0.severity == .error }) { throw refusal(source.format) }
        let rest = skipped.isEmpty ? "" : ", but for what was not looked up: \(skipped.count)"
        print("\(file): ok\(kind(source.format))\(rest)")
    }

    /// Whose file it is, where it is a framework's.
    private func kind(_ format: ConfigurationFormat?) -> String { format?.framework.map { ", a file of \($0)" } ?? "" }

    private func refusal(_ format: ConfigurationFormat?) -> any Error {
        format?.framework.map { ConfigurationFile.refusal("\(file): read as a file of \($0)") }
            ?? ExitStatus.configuration
    }
}
