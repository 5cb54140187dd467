package import Configuration
import Credentials
import Glibc
import Logging

/// A configuration file, and whether it has changed since it was last read.
///
/// Changes are seen by what `stat` says of the file behind all links, so that a ConfigMap, which swaps a link, is seen
/// like an edit in place.
package struct ConfigurationSource {
    package let path: String
    let overrides: SettingsOverrides
    /// The names of the authenticators compiled in.
    let authenticators: [String]
    /// What is known of the secrets the file refers to.
    let secrets = SecretKeeper()
    private var seen: Identity?
    /// The files of `file:` secrets as they were before they were last read.
    private var seenFiles: [String: Identity] = [:]
    /// The references of the last reading.
    private var uses = SecretUses()
    /// Whose words the file was last read as; nil where it could not be read at all.
    package private(set) var format: ConfigurationFormat?

    private struct Identity: Equatable {
        var device: UInt
        var inode: UInt
        var size: Int
        var seconds: Int
        var nanoseconds: Int
    }

    package init(path: String, overrides: SettingsOverrides, authenticators: [String] = []) {
        self.authenticators = authenticators
        self.path = path
        self.overrides = overrides
    }

    /// Reads and compiles the file as it is now, and waits for secrets it refers to that are not known. A Snapshot, or
    /// nil and at least one error; warnings in either case.
    package mutating func load() -> (snapshot: Snapshot?, problems: [ConfigurationProblem]) {
        compiled(readWaiting())
    }

    /// The settings alone, secrets included: for a command that asks a running server.
    package func loadSettings() -> (settings: Settings?, problems: [ConfigurationProblem]) {
        var copy = self
        let loaded = copy.readWaiting()
        return (loaded.settings, loaded.problems)
    }

    /// What can be said of the file without asking a secret store: other texts stand in for the secrets, and what is
    /// told of the places where they are referred to may come of that, so it is left out.
    ///
    /// - Returns: `skipped`: references that were not fetched, in the order of the file.
    package mutating func checkOffline() -> (problems: [ConfigurationProblem], skipped: [SecretUse]) {
        let wanted = read().secrets
        let standIns = wanted.wanted.enumerated().map { index, use in
            // Long enough for the longest key, plain enough for a URL, and no two alike.
            let text = String(repeating: "stand-in.", count: 12) + "\(index)"
            return (use.request, Result<Secret, SecretFault>.success(Secret(Array(text.utf8))))
        }
        let loaded = SettingsLoader.load(
            path: path, environment: ProcessEnvironment.all(), overrides: overrides, authenticators: authenticators,
            secrets: SecretValues(Dictionary(uniqueKeysWithValues: standIns)))
        let problems = compiled(loaded).problems.filter { !wanted.wantedPlaces.contains($0.position) }
        let skipped = wanted.wanted.sorted {
            ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column)
        }
        return (problems, skipped)
    }

    /// The same as `load` without waiting: nil where secrets are wanted first, after which there is news.
    mutating func loadUnlessWaiting() -> (snapshot: Snapshot?, problems: [ConfigurationProblem])? {
        let loaded = read()
        guard loaded.secrets.wanted.isEmpty else {
            secrets.begin(loaded.secrets)
            return nil
        }
        secrets.forgetFailures()
        return compiled(loaded)
    }

    /// What was read last is in force.
    func isInForce(logger: Logger) { secrets.keep(uses, logger: logger) }

    private mutating func readWaiting() -> LoadedSettings {
        let loaded = read()
        guard !loaded.secrets.wanted.isEmpty else { return loaded }
        secrets.fetch(loaded.secrets)
        defer { secrets.forgetFailures() }
        return read()
    }

    private mutating func read() -> LoadedSettings {
        seen = identity(path)
        let before = uses.files.map { ($0, identity($0)) }
        let loaded = SettingsLoader.load(
            path: path, environment: ProcessEnvironment.all(), overrides: overrides,
            authenticators: authenticators, secrets: secrets.values)
        uses = loaded.secrets
        format = loaded.format
        seenFiles = [:]
        for file in uses.files { seenFiles[file] = before.first { $0.0 == file }?.1 ?? identity(file) }
        return loaded
    }

    private func compiled(_ loaded: LoadedSettings) -> (snapshot: Snapshot?, problems: [ConfigurationProblem]) {
        guard let settings = loaded.settings else { return (nil, loaded.problems) }
        let compiled = SnapshotCompiler.compile(settings, file: path)
        return (compiled.snapshot, loaded.problems + compiled.problems)
    }

    /// Whether the file, or one with a secret, is another one, or has other contents, than when it was last read, or a
    /// store has another secret. A file that is gone for a moment, as while a link is swapped, has not changed.
    mutating func hasChanged() -> Bool {
        var isChanged = secrets.takeNews()
        if let now = identity(path), now != seen {
            seen = now
            isChanged = true
        }
        for (file, before) in seenFiles {
            guard let now = identity(file), now != before else { continue }
            seenFiles[file] = now
            isChanged = true
        }
        return isChanged
    }

    private func identity(_ path: String) -> Identity? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Identity(
            device: UInt(status.st_dev), inode: UInt(status.st_ino), size: Int(status.st_size),
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }
}

/// The environment as the process was started with it.
enum ProcessEnvironment {
    static func all() -> [String: String] {
        var result: [String: String] = [:]
        var entry = environ
        while let pointer = entry.pointee {
            let text = String(cString: pointer)
            if let equals = text.firstIndex(of: "=") {
                result[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            entry += 1
        }
        return result
    }
}
