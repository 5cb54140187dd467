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
public enum SettingsLoader {
    /// Reads the file at `path`; `environment` is what `${VAR}`, `env_var` and `prefix` see.
    public static func load(
        path: String, environment: [String: String], overrides: SettingsOverrides = SettingsOverrides()
    ) -> LoadedSettings {
        LoadedSettings(settings: nil, problems: [])
    }

    /// The same for text already in memory; `name` stands for the file in problems.
    public static func load(
        text: [UInt8], name: String, environment: [String: String], overrides: SettingsOverrides = SettingsOverrides()
    ) -> LoadedSettings {
        LoadedSettings(settings: nil, problems: [])
    }
}
