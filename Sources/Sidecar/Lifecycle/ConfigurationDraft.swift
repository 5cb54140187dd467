package import Configuration

/// A configuration that is not in its file yet: what Postern would say of it there.
///
/// Variables it names that are not set here are taken to be set, as where the file is written they seldom are.
package struct ConfigurationDraft {
    package let path: String
    /// The names of authenticators compiled into the program the file is for.
    package let authenticators: [String]

    package init(path: String, authenticators: [String]) {
        (self.path, self.authenticators) = (path, authenticators)
    }

    /// What `auth` needs and is not set, by name.
    package func unset(in text: [UInt8]) -> [String] {
        let environment = ProcessEnvironment.all()
        return NamedVariables(in: text).ofAuth.filter { environment[$0] == nil }.sorted()
    }

    /// Compiled too, as `check-config` does it.
    package func problems(of text: [UInt8]) -> (isGood: Bool, problems: [ConfigurationProblem]) {
        let set = ProcessEnvironment.all()
        let environment = set.merging(NamedVariables(in: text).assumed(beside: set)) { set, _ in set }
        let loaded = SettingsLoader.load(
            text: text, name: path, environment: environment, authenticators: authenticators)
        guard let settings = loaded.settings else { return (false, loaded.problems) }
        let compiled = SnapshotCompiler.compile(settings, file: path)
        return (compiled.snapshot != nil, loaded.problems + compiled.problems)
    }
}
