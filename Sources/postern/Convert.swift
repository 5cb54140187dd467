import ArgumentParser
import Configuration
import Sidecar

struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the native file that says the same as a framework's.",
        discussion: """
            Each line says where it came from. Variables stay references; a secret that stands in the file is printed. \
            Exits with 78, and prints nothing, if Postern would not start with the file; variables may be unset here.
            """)

    @Argument(help: "Dockfile.yaml, gateway.yaml or agentflow.json; a native file is printed without its comments.")
    var file: String

    @OptionGroup var framework: FrameworkOptions

    @Option(name: .long, help: "The name of an authenticator that is compiled into the program the file is for.")
    var authenticator: [String] = []

    func run() throws {
        let bytes = try ConfigurationFile.read(file).bytes
        let draft = ConfigurationDraft(
            text: bytes, path: file, overrides: framework.overrides, authenticators: authenticator)
        let (isGood, problems) = draft.check(file: file)
        ProblemReport.write(problems)
        if isGood { ProblemReport.write(draft.missing) }
        guard isGood, let native = draft.native else { throw ExitStatus.configuration }
        print(native, terminator: "")
    }
}
