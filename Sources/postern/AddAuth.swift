import ArgumentParser
import Configuration
import Glibc
import Sidecar

struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Edit a configuration file in place.", subcommands: [AddAuth.self])
}

struct AddAuth: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "auth", abstract: "Add, change or remove the auth of a file, and touch no other byte.",
        discussion: """
            Comments, order, quotes and line ends stay. The file is replaced at once, and only if Postern would start \
            with what is to be written; else nothing is written and the exit is 78. Variables that the file names may \
            be unset here.

            Files of Dockrion (Dockfile.yaml), Agent Gateway (gateway.yaml) and AgentFlow (agentflow.json) are edited \
            in their own words; they have other modes.
            """)

    @Argument(help: "The file; by default the first of postern.yaml, Dockfile.yaml, gateway.yaml, agentflow.json.")
    var file: String?

    @Option(name: [.long, .short], help: "auth.mode; by default the file's, or api_key.")
    var mode: String?

    @Option(name: .long, help: "The environment variable with the API key.")
    var envVar: String?

    @Option(name: .long, help: "What the variables with API keys start with.")
    var prefix: String?

    @Option(name: .long, help: "The header that carries the API key.")
    var header: String?

    @Option(name: .long, help: "Where the keys of tokens are fetched.")
    var jwksURL: String?

    @Option(name: .long, help: "The environment variable with the public key of tokens.")
    var publicKeyEnv: String?

    @Option(name: .long, help: "Whose tokens are accepted.")
    var issuer: String?

    @Option(name: .long, help: "What tokens are for.")
    var audience: String?

    @Option(name: .long, help: "A provider of mode composite. Repeat it, in order.")
    var provider: [String] = []

    @Flag(name: .long, help: "Take auth away; Postern does not start without it.")
    var remove = false

    @Flag(name: .long, help: "Show the change as a diff, and write nothing.")
    var dryRun = false

    @Option(name: .long, help: "The name of an authenticator that is compiled into the program the file is for.")
    var authenticator: [String] = []

    @OptionGroup var framework: FrameworkOptions

    private static let files = ["postern.yaml", "Dockfile.yaml", "gateway.yaml", "agentflow.json"]

    func run() throws {
        let path = try chosenFile()
        let file = try ConfigurationFile.read(path)
        let format = framework.format ?? ConfigurationFormat.detect(text: file.bytes, path: path)
        let change = change
        if let misuse = change.misuse(of: format) { throw ValidationError(misuse) }
        let edited: [UInt8]
        do throws(EditFault) {
            edited = try change.applied(to: file.bytes, as: format)
        } catch {
            ProblemReport.write([
                ConfigurationProblem(.error, file: path, position: error.position, message: error.message)
            ])
            throw ConfigurationFile.refusal("nothing is written")
        }
        if dryRun { Self.write(UnifiedDiff.text(old: file.bytes, new: edited, name: path), to: STDOUT_FILENO) }
        try check(edited, path, format)
        if dryRun { return }
        guard edited != file.bytes else { return print("\(path): nothing to change") }
        do throws(FileReplacement.Fault) {
            try file.replace(with: edited)
        } catch {
            throw ConfigurationFile.refusal("\(path) \(error.reason)")
        }
        print("\(path): auth is \(remove ? "removed" : "written")")
    }

    private func chosenFile() throws -> String {
        if let file { return file }
        guard let found = Self.files.first(where: { access($0, F_OK) == 0 }) else {
            throw ValidationError("name the file: there is none of \(Self.files.joined(separator: ", ")) here")
        }
        return found
    }

    private var change: AuthChange {
        var change = AuthChange()
        (change.mode, change.envVar, change.prefix, change.header) = (mode, envVar, prefix, header)
        (change.jwksURL, change.publicKeyEnv, change.issuer, change.audience) = (
            jwksURL, publicKeyEnv, issuer, audience
        )
        (change.providers, change.removes) = (provider, remove)
        return change
    }

    /// Nothing is written that would not start, but for want of what was to be removed.
    private func check(_ text: [UInt8], _ path: String, _ format: ConfigurationFormat) throws {
        var overrides = framework.overrides
        overrides.format = format
        let draft = ConfigurationDraft(text: text, path: path, overrides: overrides, authenticators: authenticator)
        let (isGood, problems) = draft.check(file: path)
        if remove, draft.lacksOnlyAuth {
            let words = "note: Postern does not start without `auth`, and the framework serves everybody\n"
            return Self.write(Array(words.utf8), to: STDERR_FILENO)
        }
        ProblemReport.write(problems)
        guard isGood else { throw ConfigurationFile.refusal("\(path) is left as it is") }
        for problem in draft.unreadable {
            Self.write(Array("note: \(problem); Postern does not start before that\n".utf8), to: STDERR_FILENO)
        }
        for variable in draft.unset {
            Self.write(Array("note: \(variable) is not set here; Postern needs it to start\n".utf8), to: STDERR_FILENO)
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}

/// A file that a command reads and may replace; what cannot be read ends the command.
enum ConfigurationFile {
    static func read(_ path: String) throws -> FileReplacement {
        do throws(FileReplacement.Fault) {
            return try FileReplacement(reading: path)
        } catch {
            throw refusal("\(path) \(error.reason)")
        }
    }

    static func refusal(_ words: String) -> ExitCode {
        let line = Array("\(words)\n".utf8)
        _ = Glibc.write(STDERR_FILENO, line, line.count)
        return ExitStatus.configuration
    }
}
