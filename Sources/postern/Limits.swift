import ArgumentParser
import Configuration
import Sidecar

struct Limits: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at one subject's use of a limit, or reset it.",
        discussion: """
            Asks the process that serves the same configuration, over admin.control with admin.token. Exits with 0 if \
            it answered, with 1 if it refused, with 69 if nobody answered.
            """,
        subcommands: [Show.self, Reset.self])

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say what is used and what is left.")

        @OptionGroup var bucket: BucketArguments

        func run() throws { try bucket.run(.show) }
    }

    struct Reset: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make it as if it had never been used.")

        @OptionGroup var bucket: BucketArguments

        func run() throws { try bucket.run(.reset) }
    }
}

struct BucketArguments: ParsableArguments {
    @OptionGroup var file: ConfigOption

    @Argument(help: "The limit's name; that of a role's own is role:ROLE.")
    var name: String

    @Argument(help: "Whose: a subject, key id, tenant, role, address, or route's name, by the limit's per.")
    var subject = "-"

    @Option(name: .long, help: "Who vouches for the subject, as in X-Auth-Method.")
    var method: String?

    @Option(name: .long, help: "Whose token names the subject, as in X-Auth-Issuer.")
    var issuer: String?

    @Flag(name: .long, help: "Print the server's document as it came.")
    var json = false

    func run(_ action: ControlClient.Action) throws {
        let source = ConfigurationSource(path: file.config, overrides: file.framework.overrides)
        let loaded = source.loadSettings()
        guard let settings = loaded.settings else {
            ProblemReport.write(loaded.problems)
            throw ExitStatus.configuration
        }
        guard let client = ControlClient(settings) else {
            print("\(file.config): admin.control and admin.token are not configured")
            throw ExitStatus.configuration
        }
        let answer: ControlClient.Answer
        do {
            answer = try client.ask(action, limit: name, subject: subject, method: method, issuer: issuer)
        } catch {
            print("\(error)")
            throw ExitStatus.unavailable
        }
        print(json ? answer.text : answer.words, terminator: json ? "" : "\n")
        if !answer.isGood { throw ExitCode(1) }
    }
}
