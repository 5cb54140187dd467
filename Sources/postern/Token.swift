import ArgumentParser
import Configuration
import Glibc
import Sidecar

struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look into tokens.", subcommands: [Inspect.self])

    struct Inspect: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Decode a JWT, verify it against a configuration, and say which rule fails.",
            discussion: """
                Exits with 0 if the configuration accepts the token, with 1 if not. The issuer's keys are fetched as \
                a server would fetch them. A token on the command line is seen by every process of the machine: \
                prefer standard input.
                """)

        @OptionGroup var file: ConfigOption

        @Argument(help: "The token; - reads it from standard input.")
        var token = "-"

        func run() throws {
            var source = ConfigurationSource(path: file.config, overrides: file.framework.overrides)
            let loaded = source.load()
            ProblemReport.write(loaded.problems)
            guard let snapshot = loaded.snapshot else { throw ExitStatus.configuration }
            let text = token == "-" ? readLine(strippingNewline: true) ?? "" : token
            let bare = text.hasPrefix("Bearer ") ? String(text.dropFirst(7)) : text
            let report = try TokenReport(bare, under: snapshot, now: Int64(time(nil)))
            for line in report.lines { print(line) }
            if !report.isGood { throw ExitCode(1) }
        }
    }
}
