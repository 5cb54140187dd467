import Glibc

/// What came of reading a configuration: settings, or at least one error or wanted secret; warnings in either case.
public struct LoadedSettings: Sendable {
    /// Nil iff a problem is an error or a secret is wanted.
    public var settings: Settings?
    /// In the order of the file.
    public var problems: [ConfigurationProblem]
    /// Whose words the file was read as; nil where it could not be read at all.
    public var format: ConfigurationFormat?
    /// The secret references of the file. While one is wanted, what a problem says may come of that.
    public var secrets = SecretUses()
}

/// What the command line puts in place of the file's word, validated by the same rules.
public struct SettingsOverrides: Sendable {
    /// `--listen`: one listener in place of all of the file's.
    public var listen: String?
    /// `--admin`: in place of `admin.address`.
    public var admin: String?
    /// `--format`: whose words the file is in; nil tells by its content.
    public var format: ConfigurationFormat?
    /// `--strict`: of a framework's file, guards the pages that tell about the agent, too.
    public var strict: Bool
    /// `--redis`: where the limits of a framework's file are kept.
    public var redis: String?

    public init(
        listen: String? = nil, admin: String? = nil, format: ConfigurationFormat? = nil, strict: Bool = false,
        redis: String? = nil
    ) {
        self.listen = listen
        self.admin = admin
        self.format = format
        self.strict = strict
        self.redis = redis
    }
}

/// Reads a configuration file into `Settings`, or says everything that is wrong with it at once.
///
/// What it reads besides the file: secrets behind `file:`, PEM files, and that TLS files can be opened. It opens no
/// socket and looks up no name.
public enum SettingsLoader {
    /// Reads the file at `path`: Postern's own, or a framework's, which may have files with variables beside it.
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
            let reading = Reading(
                text: text, name: path, folder: FileBytes.folder(of: path), environment: environment,
                overrides: overrides, authenticators: authenticators, now: now ?? Int64(time(nil)), secrets: secrets)
            return reading.load()
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
        let reading = Reading(
            text: text, name: name, folder: nil, environment: environment, overrides: overrides,
            authenticators: authenticators, now: now ?? Int64(time(nil)), secrets: secrets)
        return reading.load()
    }
}

/// One file's text, and all that is needed to read it.
struct Reading {
    let text: [UInt8]
    let name: String
    /// Of the file; nil for text that is none.
    let folder: String?
    let environment: [String: String]
    let overrides: SettingsOverrides
    let authenticators: [String]
    let now: Int64
    var secrets = SecretValues()

    func load() -> LoadedSettings {
        let problems = ProblemList(file: name)
        guard let root = root(problems) else { return LoadedSettings(settings: nil, problems: problems.sorted()) }
        let decoder = decoder(of: root, problems)
        let settings = FrameworkFile.translate(root, decoder.format, by: decoder).flatMap { decoder.settings($0) }
        let isWhole = !problems.hasErrors && decoder.uses.wanted.isEmpty
        return LoadedSettings(
            settings: isWhole ? settings : nil, problems: problems.sorted(), format: decoder.format,
            secrets: decoder.uses)
    }

    /// What reads the file, with the variables of the files beside it.
    func decoder(of root: YAMLNode, _ problems: ProblemList) -> SettingsDecoder {
        let format = overrides.format ?? ConfigurationFormat.detect(root)
        if format == .native { refuseOptions(problems) }
        if format == .agentflow { AgentFlowFile.checkJSON(text, problems) }
        let variables = FrameworkFile.variables(
            root, format, folder: folder, problems, under: environment)
        return SettingsDecoder(
            problems, variables, overrides, format: format, authenticators: authenticators, now: now, values: secrets)
    }

    /// What a file of Postern's own says itself.
    private func refuseOptions(_ problems: ProblemList) {
        for (isGiven, option, words) in [
            (overrides.strict, "--strict", "write the routes"), (overrides.redis != nil, "--redis", "write `redis`"),
        ] where isGiven {
            problems.error(.none, "`\(option)` goes with a framework's file; \(words) into this one")
        }
    }

    static let emptyFile = "the file is empty; it needs at least `auth`"

    func root(_ problems: ProblemList) -> YAMLNode? {
        guard let text = YAMLSource.check(text, problems) else { return nil }
        guard let root = YAMLReader.read(text, problems) else {
            if !problems.hasErrors { problems.error(.none, Self.emptyFile) }
            return nil
        }
        return root
    }
}
