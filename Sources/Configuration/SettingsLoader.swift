import Glibc

/// What came of reading a configuration: settings, or at least one error or wanted secret; warnings in either case.
public struct LoadedSettings: Sendable {
    /// Nil iff a problem is an error or a secret is wanted.
    public var settings: Settings?
    /// In the order of the file.
    public var problems: [ConfigurationProblem]
    /// The secret references of the file. While one is wanted, what a problem says may come of that.
    public var secrets = SecretUses()
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
    ///   - secrets: what is known of those the file refers to; nobody is asked here.
    public static func load(
        path: String, environment: [String: String], overrides: SettingsOverrides = SettingsOverrides(),
        authenticators: [String] = [], now: Int64? = nil, secrets: SecretValues = SecretValues()
    ) -> LoadedSettings {
        do throws(FileBytes.Fault) {
            let text = try FileBytes.read(path, atMost: YAMLSource.maxBytes)
            return load(
                text: text, name: path, environment: environment, overrides: overrides,
                authenticators: authenticators, now: now, secrets: secrets)
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
        overrides: SettingsOverrides = SettingsOverrides(), authenticators: [String] = [], now: Int64? = nil,
        secrets: SecretValues = SecretValues()
    ) -> LoadedSettings {
        let problems = ProblemList(file: name)
        let decoder = SettingsDecoder(
            problems, environment, overrides, authenticators: authenticators, now: now ?? Int64(time(nil)),
            values: secrets)
        let settings = root(text, problems).flatMap { decoder.settings($0) }
        let isWhole = !problems.hasErrors && decoder.uses.wanted.isEmpty
        return LoadedSettings(
            settings: isWhole ? settings : nil, problems: problems.sorted(), secrets: decoder.uses)
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
