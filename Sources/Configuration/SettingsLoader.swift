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
/// What it reads besides the file: secrets behind `file:`, and that TLS files can be opened. It opens no socket, looks
/// up no name and does not read the clock, so a key that has expired is accepted here.
public enum SettingsLoader {
    /// Reads the file at `path`; `environment` is what `${VAR}`, `env_var` and `prefix` see.
    public static func load(
        path: String, environment: [String: String], overrides: SettingsOverrides = SettingsOverrides()
    ) -> LoadedSettings {
        do throws(FileBytes.Fault) {
            let text = try FileBytes.read(path, atMost: YAMLSource.maxBytes)
            return load(text: text, name: path, environment: environment, overrides: overrides)
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
        text: [UInt8], name: String, environment: [String: String], overrides: SettingsOverrides = SettingsOverrides()
    ) -> LoadedSettings {
        let problems = ProblemList(file: name)
        let settings = settings(text, problems, environment, overrides)
        return LoadedSettings(settings: problems.hasErrors ? nil : settings, problems: problems.sorted())
    }

    private static func settings(
        _ bytes: [UInt8], _ problems: ProblemList, _ environment: [String: String], _ overrides: SettingsOverrides
    ) -> Settings? {
        guard let text = YAMLSource.check(bytes, problems) else { return nil }
        guard let root = YAMLReader.read(text, problems) else {
            if !problems.hasErrors { problems.error(.none, "the file is empty; it needs at least `auth`") }
            return nil
        }
        return SettingsDecoder(problems, environment, overrides).settings(root)
    }
}
