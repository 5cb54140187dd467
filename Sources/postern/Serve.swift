import ArgumentParser
import Configuration
import Glibc
import Logging
import Sidecar
import Telemetry

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
        let overrides = SettingsOverrides(listen: listen, admin: admin)
        var source = ConfigurationSource(path: file.config, overrides: overrides)
        let loaded = source.load()
        report(loaded.problems)
        guard let snapshot = loaded.snapshot else { throw ExitStatus.configuration }
        let signals = SignalWaiter()
        let sink = LogSink()
        let level = Logger.Level(rawValue: snapshot.settings.log.level.rawValue) ?? .info
        let logger = Logger(label: "postern") { _ in JSONLogHandler(sink: sink, level: level) }
        defer { sink.flush() }
        do {
            try Server(source: source, signals: signals, logger: logger).run(snapshot)
        } catch {
            logger.critical("cannot start", metadata: ["cause": "\(error)"])
            throw ExitStatus.unavailable
        }
    }
}
