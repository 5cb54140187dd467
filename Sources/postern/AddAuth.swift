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

    @Flag(name: .long, help: "Take auth away.")
    var remove = false

    @Flag(name: .long, help: "Show the change as a diff, and write nothing.")
    var dryRun = false

    @Option(name: .long, help: "The name of an authenticator that is compiled into the program the file is for.")
    var authenticator: [String] = []

    private static let files = ["postern.yaml", "Dockfile.yaml", "gateway.yaml", "agentflow.json"]

    func run() throws {
        let path = try chosenFile()
        let file: FileReplacement
        do throws(FileReplacement.Fault) {
            file = try FileReplacement(reading: path)
        } catch {
            throw Self.refusal("\(path) \(error.reason)")
        }
        let words = AuthWords.native
        let change = change
        if let misuse = change.misuse(of: words) { throw ValidationError(misuse) }
        let edited: [UInt8]
        do throws(EditFault) {
            edited = try change.applied(to: file.bytes, as: words)
        } catch {
            ProblemReport.write([
                ConfigurationProblem(.error, file: path, position: error.position, message: error.message)
            ])
            throw Self.refusal("nothing is written")
        }
        if dryRun { Self.write(UnifiedDiff.text(old: file.bytes, new: edited, name: path), to: STDOUT_FILENO) }
        try check(edited, path, words)
        if dryRun { return }
        guard edited != file.bytes else { return print("\(path): nothing to change") }
        do throws(FileReplacement.Fault) {
            try file.replace(with: edited)
        } catch {
            throw Self.refusal("\(path) \(error.reason)")
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

    /// Nothing is written that would not start.
    private func check(_ text: [UInt8], _ path: String, _ words: AuthWords) throws {
        let draft = ConfigurationDraft(path: path, authenticators: authenticator)
        let (isGood, problems) = draft.problems(of: text)
        ProblemReport.write(problems)
        guard isGood else { throw Self.refusal("\(path) is left as it is") }
        for variable in draft.unset(in: text) {
            Self.write(Array("note: \(variable) is not set here; Postern needs it to start\n".utf8), to: STDERR_FILENO)
        }
    }

    private static func refusal(_ words: String) -> ExitCode {
        write(Array("\(words)\n".utf8), to: STDERR_FILENO)
        return ExitStatus.configuration
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
