import ArgumentParser
import Configuration
import Sidecar

struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, look at, rotate and revoke the API keys of auth.api_keys.store.",
        discussion: """
            Works on the store itself, whether or not anybody serves it; servers follow within a second. A key is \
            printed once, when it is made: the store holds only its digest. Exits with 0 if it did what it says, with \
            1 if it refused, with 69 if the store could not be asked, with 78 if the configuration is wrong.
            """,
        subcommands: [Generate.self, List.self, Show.self, Rotate.self, Revoke.self, Import.self])
}

/// What every command of `keys` takes.
struct KeyArguments: ParsableArguments {
    @OptionGroup var file: ConfigOption

    @Flag(name: .long, help: "Print JSON for scripts. Times are seconds since 1970.")
    var json = false

    func run(_ body: (KeyAdministration) throws -> Void) throws {
        let loaded = ConfigurationSource(path: file.config, overrides: SettingsOverrides()).loadSettings()
        guard let settings = loaded.settings else {
            ProblemReport.write(loaded.problems)
            throw ExitStatus.configuration
        }
        do {
            let keys = try KeyAdministration(settings, now: KeyAdministration.clock())
            defer { keys.close() }
            try body(keys)
        } catch let refusal as KeyAdministration.Refusal {
            StandardError.write("\(refusal)")
            throw ExitCode(1)
        } catch let code as ExitCode {
            throw code
        } catch {
            StandardError.write("\(error)")
            throw ExitStatus.unavailable
        }
    }

    func print(_ report: KeyReport) { Swift.print(json ? report.json : report.words) }

    /// A key that was made just now: alone on standard output, so that it can be piped away, with the rest beside it.
    func printNew(_ report: KeyReport) {
        guard !json, let key = report.newKey else { return print(report) }
        StandardError.write(report.words)
        StandardError.write("\nThis is the key. It is shown once and stored nowhere:")
        Swift.print(key)
    }
}

extension Keys {
    struct Generate: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a key and print it, once.")

        @OptionGroup var arguments: KeyArguments

        @Option(name: .long, help: "The key's id, which is logged and sent on; one is made up if it is not said.")
        var id: String?

        @Option(name: .long, help: "Who it stands for; the id if it is not said.")
        var subject: String?

        @Option(name: .long, help: "A role it has. May be repeated; without one it has the role default.")
        var role: [String] = []

        @Option(name: .long, help: "A scope it has. May be repeated.")
        var scope: [String] = []

        @Option(name: .long, help: "Its tenant.")
        var tenant: String?

        @Option(name: .long, help: "When it ends: 90d, 12h, or 2027-01-01T00:00:00Z. Never if it is not said.")
        var expires: String?

        @Option(name: .long, help: "What it is for.")
        var description: String?

        func run() throws {
            try arguments.run { keys in
                var terms = KeyAdministration.Terms()
                (terms.id, terms.subject, terms.roles, terms.scopes) = (id, subject, role, scope)
                (terms.tenant, terms.description) = (tenant, description)
                if let expires {
                    guard let moment = KeyTime.moment(expires, now: KeyAdministration.clock()) else {
                        throw KeyAdministration.Refusal("--expires is a duration, as 90d, or a time with its zone")
                    }
                    terms.expiresAt = moment
                }
                arguments.printNew(try keys.generate(terms))
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print all keys, the oldest first.")

        @OptionGroup var arguments: KeyArguments

        func run() throws {
            try arguments.run { keys in
                let reports = try keys.list()
                if arguments.json {
                    print("[" + reports.map(\.json).joined(separator: ",\n") + "]")
                } else {
                    print(reports.isEmpty ? "no keys" : KeyReport.table(reports))
                }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print one key, as far as the store knows it.")

        @OptionGroup var arguments: KeyArguments

        @Argument(help: "The key's id.")
        var id: String

        func run() throws { try arguments.run { arguments.print(try $0.show(id)) } }
    }

    struct Rotate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a new text for a key and print it, once; the old one stays good for a while.",
            discussion: "Id, subject, roles and limits stay what they are.")

        @OptionGroup var arguments: KeyArguments

        @Argument(help: "The key's id.")
        var id: String

        @Option(name: .long, help: "For how long the old text stays good: 7d, 12h, 0s.")
        var overlap = "24h"

        func run() throws {
            try arguments.run { keys in
                guard let seconds = KeyTime.duration(overlap) else {
                    throw KeyAdministration.Refusal("--overlap is a duration, as 7d, 12h or 0s")
                }
                arguments.printNew(try keys.rotate(id, overlap: seconds))
            }
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a key for good, all its texts at once. Every server follows within a second.")

        @OptionGroup var arguments: KeyArguments

        @Argument(help: "The key's id.")
        var id: String

        func run() throws { try arguments.run { arguments.print(try $0.revoke(id)) } }
    }
}
