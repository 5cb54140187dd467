package import Configuration
import Glibc
import Logging
import Telemetry

/// Postern as a program of your own runs it: the same server as `postern serve`, with authenticators compiled in.
///
/// ```swift
/// var registry = AuthenticatorRegistry()
/// registry.register(MyAuthenticator())
/// exit(PosternServer(configuration: "postern.yaml", registry: registry).run())
/// ```
public struct PosternServer {
    private let path: String
    private let registry: AuthenticatorRegistry
    private let overrides: SettingsOverrides

    /// - Parameter configuration: the path of the configuration file.
    public init(configuration path: String, registry: AuthenticatorRegistry = AuthenticatorRegistry()) {
        self.init(configuration: path, registry: registry, overrides: SettingsOverrides())
    }

    package init(configuration path: String, registry: AuthenticatorRegistry, overrides: SettingsOverrides) {
        self.path = path
        self.registry = registry
        self.overrides = overrides
    }

    /// Serves until SIGTERM or SIGINT, and drains; reloads on SIGHUP and when the file changes. Call it on the main
    /// thread, once.
    ///
    /// - Returns: an exit status of sysexits.h: 0, 69 where it could not start, 78 where the configuration is wrong,
    ///   whose problems have been written to standard error.
    public func run() -> Int32 {
        var source = ConfigurationSource(path: path, overrides: overrides, authenticators: registry.names)
        let loaded = source.load()
        ProblemReport.write(loaded.problems)
        guard let snapshot = loaded.snapshot else { return EX_CONFIG }
        let signals = SignalWaiter()
        let sink = LogSink()
        let level = Logger.Level(rawValue: snapshot.settings.log.level.rawValue) ?? .info
        let logger = Logger(label: "postern") { _ in JSONLogHandler(sink: sink, level: level) }
        defer { sink.flush() }
        do {
            try Server(source: source, signals: signals, logger: logger, registry: registry).run(snapshot)
            return EX_OK
        } catch {
            logger.critical("cannot start", metadata: ["cause": "\(error)"])
            return EX_UNAVAILABLE
        }
    }
}

/// Problems go to standard error, one a line, in the form editors jump to.
package enum ProblemReport {
    package static func write(_ problems: [ConfigurationProblem]) {
        for problem in problems {
            let line = [UInt8]("\(problem)\n".utf8)
            _ = Glibc.write(STDERR_FILENO, line, line.count)
        }
    }
}
