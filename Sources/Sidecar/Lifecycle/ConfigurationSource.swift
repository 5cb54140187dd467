package import Configuration
import Glibc

/// A configuration file, and whether it has changed since it was last read.
///
/// Changes are seen by what `stat` says of the file behind all links, so that a ConfigMap, which swaps a link, is seen
/// like an edit in place.
package struct ConfigurationSource {
    package let path: String
    let overrides: SettingsOverrides
    /// The names of the authenticators compiled in.
    let authenticators: [String]
    private var seen: Identity?

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

    /// Reads and compiles the file as it is now. A Snapshot, or nil and at least one error; warnings in either case.
    package mutating func load() -> (snapshot: Snapshot?, problems: [ConfigurationProblem]) {
        seen = identity()
        let loaded = SettingsLoader.load(
            path: path, environment: ProcessEnvironment.all(), overrides: overrides,
            authenticators: authenticators)
        guard let settings = loaded.settings else { return (nil, loaded.problems) }
        let compiled = SnapshotCompiler.compile(settings, file: path)
        return (compiled.snapshot, loaded.problems + compiled.problems)
    }

    /// The settings alone, secrets included: for a command that asks a running server.
    package func loadSettings() -> (settings: Settings?, problems: [ConfigurationProblem]) {
        let loaded = SettingsLoader.load(
            path: path, environment: ProcessEnvironment.all(), overrides: overrides, authenticators: authenticators)
        return (loaded.settings, loaded.problems)
    }

    /// Whether the file is another one, or has other contents, than when it was last read. A file that is gone for a
    /// moment, as while a link is swapped, has not changed.
    mutating func hasChanged() -> Bool {
        guard let now = identity(), now != seen else { return false }
        seen = now
        return true
    }

    private func identity() -> Identity? {
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
