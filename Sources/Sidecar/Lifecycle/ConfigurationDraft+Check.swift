package import Configuration

extension ConfigurationDraft {
    /// Of this process's variables.
    package init(text: [UInt8], path: String, overrides: SettingsOverrides, authenticators: [String]) {
        self.init(
            text: text, path: path, environment: ProcessEnvironment.all(), overrides: overrides,
            authenticators: authenticators)
    }

    /// Compiled too, as `check-config` does it.
    package func check(file: String) -> (isGood: Bool, problems: [ConfigurationProblem]) {
        guard let settings = loaded.settings else { return (false, loaded.problems) }
        let compiled = SnapshotCompiler.compile(settings, file: file)
        return (compiled.snapshot != nil, loaded.problems + compiled.problems)
    }
}
