import Glibc

/// What came of reading a configuration: settings, or at least one error; warnings in either case.
public struct LoadedSettings: Sendable {
    /// Nil iff a problem is an error.
    public var settings: Settings?
    /// In the order of the file.
    public var problems: [ConfigurationProblem]
}

/// What the command line puts in place of the file's word, validated by the same rules.
public struct SettingsOverrides: Sendable {
    /// `--listen`: one listener in place of all of the file's.
    public var listen: String?
    /// `--admin`: in place of `admin.address`.
    public var admin: String?

    public init(listen: String? = nil, admin: String? = nil) {
        self.listen = listen
        self.admin = admin
    }
}

/// Reads a configuration file into `Settings`, or says everything that is wrong with it at once.
///
/// What it reads besides the file: secrets behind `file:`, PEM files, and that TLS files can be opened. It opens no
/// socket and looks up no name.
public enum SettingsLoader {
    /// Reads the file at `path`.
    ///
    /// - Parameters:
    ///   - environment: what `${VAR}`, `env_var`, `prefix` and the keys that end with `_env` see.
    ///   - authenticators: the names of compiled-in authenticators, which `auth.mode` and `auth.providers` may then
    ///     hold. None of them is a word of the file already.
    ///   - now: seconds since 1970, for warnings alone: a key that has expired still loads. Nil asks the clock.
    public static func load(
        path: String, environment: [String: String], overrides: SettingsOverrides = SettingsOverrides(),
        authenticators: [String] = [], now: Int64? = nil
    ) -> LoadedSettings {
        do throws(FileBytes.Fault) {
            let text = try FileBytes.read(path, atMost: YAMLSource.maxBytes)
            return load(
                text: text, name: path, environment: environment, overrides: overrides,
                authenticators: authenticators, now: now)
        } catch {
            let reason =
                switch error {
                case .system(let words): "cannot be read: \(words)"
                case .tooLarge: "is larger than \(YAMLSource.maxBytes) bytes"
                }
            let problem = ConfigurationProblem(.error, file: path, position: .none, message: reason)
            return LoadedSettings(settings: nil, problems: [problem])
        }
    }

    /// The same for text already in memory; `name` stands for the file in problems.
    public static func load(
        text: [UInt8], name: String, environment: [String: String],
        overrides: SettingsOverrides = SettingsOverrides(), authenticators: [String] = [], now: Int64? = nil
    ) -> LoadedSettings {
        let problems = ProblemList(file: name)
        let decoder = SettingsDecoder(
            problems, environment, overrides, authenticators: authenticators, now: now ?? Int64(time(nil)))
        let settings = root(text, problems).flatMap { decoder.settings($0) }
        return LoadedSettings(settings: problems.hasErrors ? nil : settings, problems: problems.sorted())
    }

    private static func root(_ bytes: [UInt8], _ problems: ProblemList) -> YAMLNode? {
        guard let text = YAMLSource.check(bytes, problems) else { return nil }
        guard let root = YAMLReader.read(text, problems) else {
            if !problems.hasErrors { problems.error(.none, "the file is empty; it needs at least `auth`") }
            return nil
        }
        return root
    }
}
