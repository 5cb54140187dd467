import Glibc

/// A configuration that is looked at away from where it will serve: on the machine of whoever writes it, where its
/// variables are seldom set. Those it names are taken to be set, so that all else can be checked.
public struct ConfigurationDraft: Sendable {
    /// In the file's own words; settings hold assumed values, and are for compiling only.
    public private(set) var loaded: LoadedSettings
    /// The equivalent file in Postern's own words, each line with the place it comes from. Nil beside an error.
    public private(set) var native: String?
    /// Why there is no `native` of a file that has no error: values that are needed to say it at all, and are not set.
    public private(set) var missing: [ConfigurationProblem] = []
    /// What keeps the text itself from being read as a configuration, as tags do, wherever in it they are: an edit
    /// has not made it and need not wait for it.
    public private(set) var unreadable: [ConfigurationProblem] = []
    /// The variables without which nothing starts, and which are not set.
    public private(set) var unset: [String] = []
    public private(set) var format = ConfigurationFormat.native

    /// - Parameters:
    ///   - path: of the file that holds or will hold `text`. Files with variables beside it are read.
    ///   - overrides: `listen` and `admin` have no effect on `native`.
    public init(
        text: [UInt8], path: String, environment: [String: String],
        overrides: SettingsOverrides = SettingsOverrides(), authenticators: [String] = []
    ) {
        let now = Int64(time(nil))
        var problems = ProblemList(file: path)
        let make = { (environment: [String: String]) in
            Reading(
                text: text, name: path, folder: FileBytes.folder(of: path), environment: environment,
                overrides: overrides, authenticators: authenticators, now: now)
        }
        var reading = make(environment)
        guard let root = reading.root(problems) else {
            loaded = LoadedSettings(settings: nil, problems: problems.sorted())
            return
        }
        unreadable = problems.sorted().filter { $0.severity == .error }
        var decoder = reading.decoder(of: root, problems)
        var translated = FrameworkFile.translate(root, decoder.format, by: decoder)
        let isExact = !problems.hasErrors
        let given = decoder.environment
        if !isExact {
            // Some values are needed to translate the file at all. What they are made up from is not shown.
            missing = problems.sorted()
            problems = ProblemList(file: path)
            reading = make(environment.merging(NamedVariables(in: text).assumed(beside: environment)) { set, _ in set })
            decoder = reading.decoder(of: root, problems)
            translated = FrameworkFile.translate(root, decoder.format, by: decoder)
        }
        format = decoder.format
        let file = path.split(separator: "/").last.map(String.init) ?? path
        let written = translated.map { NativeText.text(of: $0, from: file) } ?? ""
        let named = NamedVariables(in: Array(written.utf8))
        let assumed = named.assumed(beside: decoder.environment)
        unset = named.ofAuth.filter { given[$0] == nil }.sorted()
        let final = SettingsDecoder(
            problems, decoder.environment.merging(assumed) { set, _ in set }, overrides, format: decoder.format,
            authenticators: authenticators, now: now)
        let settings = translated.flatMap { final.settings($0) }
        loaded = LoadedSettings(settings: problems.hasErrors ? nil : settings, problems: problems.sorted())
        if isExact, !problems.hasErrors { native = Self.head(of: file, named) + written }
    }

    /// Whether all that is wrong is that there is no `auth`: what whoever takes it away has asked for.
    public var lacksOnlyAuth: Bool {
        let errors = loaded.problems.filter { $0.severity == .error }.map(\.message)
        return !errors.isEmpty
            && errors.allSatisfy { $0.hasPrefix(SettingsDecoder.missingAuth) || $0 == Reading.emptyFile }
    }

    private static func head(of file: String, _ named: NamedVariables) -> String {
        let names = named.ofAuth.sorted().joined(separator: ", ")
        return "# From \(file), by `postern convert`.\n" + (names.isEmpty ? "" : "# It needs the variables: \(names)\n")
    }
}
