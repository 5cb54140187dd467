import ArgumentParser
import Configuration
import Sidecar

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer checks until SIGTERM or SIGINT.",
        discussion: "SIGHUP, and any change of the file, reloads it; a bad file changes nothing.")

    @OptionGroup var file: ConfigOption

    @Option(name: .long, help: "Listen here instead of where the file says.")
    var listen: String?

    @Option(name: .long, help: "Serve /healthz, /readyz and /metrics here instead of where the file says.")
    var admin: String?

    func run() throws {
        var overrides = file.framework.overrides
        overrides.listen = listen
        overrides.admin = admin
        let server = PosternServer(
            configuration: file.config, registry: AuthenticatorRegistry(), overrides: overrides)
        let status = server.run()
        if status != 0 { throw ExitCode(status) }
    }
}
