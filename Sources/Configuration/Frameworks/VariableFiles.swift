/// The files of variables that frameworks read beside their own: `.env` and the like.
///
/// They are read with the configuration, at start and at each reload; a change of one of them alone is not noticed.
struct VariableFiles {
    static let maxBytes = 1 << 20

    /// Nil reads no file.
    let folder: String?
    let problems: ProblemList
    /// The process's own.
    let environment: [String: String]
    private var found: [String: String] = [:]

    init(folder: String?, problems: ProblemList, environment: [String: String]) {
        self.folder = folder
        self.problems = problems
        self.environment = environment
    }

    /// The shell's word stands, as all frameworks document. (Dockrion's `.env` overwrites it.)
    var merged: [String: String] { found.merging(environment) { $1 } }

    /// Later files win over earlier ones, and all over the defaults of the file's own `secrets`. None has to be there.
    mutating func readDockrion(_ secrets: YAMLNode?) {
        for list in ["required", "optional"] {
            guard case .sequence(let items)? = secrets?[list]?.content else { continue }
            for item in items {
                guard case .scalar(let name, _)? = item["name"]?.content, let value = item["default"], !value.isNull,
                    case .scalar(let text, _) = value.content
                else { continue }
                found[name] = text
            }
        }
        guard folder != nil else { return }
        for name in [".env", ".env.local"] { readLines(path(name), .dockrion) }
        for name in ["env.yaml", ".dockrion-env.yaml"] { readYAML(path(name)) }
    }

    /// `env`: the file it names, taken from the folder of `agentflow.json`.
    mutating func readAgentFlow(_ node: YAMLNode?) {
        guard folder != nil, let node, !node.isNull, case .scalar(let name, _) = node.content else { return }
        if !readLines(path(name), .python) {
            problems.warning(node.position, "`env` names a file that is not there")
        }
    }

    private func path(_ name: String) -> String { name.hasPrefix("/") ? name : "\(folder ?? ".")/\(name)" }

    /// - Returns: whether there is such a file. One that cannot be read is an error: it may hold a key.
    @discardableResult
    private mutating func readLines(_ path: String, _ flavor: VariableLines.Flavor) -> Bool {
        guard FileBytes.exists(path) else { return false }
        guard let bytes = bytes(of: path) else { return true }
        let lines = VariableLines(flavor: flavor, environment: environment)
        found.merge(lines.parse(String(decoding: bytes, as: UTF8.self), after: found)) { $1 }
        return true
    }

    /// `KEY: value`, or the same below `secrets`.
    private mutating func readYAML(_ path: String) {
        guard FileBytes.exists(path), let bytes = bytes(of: path) else { return }
        let quiet = ProblemList(file: path)
        let root = YAMLSource.check(bytes, quiet).flatMap { YAMLReader.read($0, quiet) }
        if quiet.hasErrors {
            let first = quiet.sorted().first
            return problems.error(.none, "\(path):\(first?.line ?? 0): \(first?.message ?? "not YAML")")
        }
        guard case .mapping(let entries)? = (root?["secrets"] ?? root)?.content else { return }
        for entry in entries {
            if case .scalar(let text, _) = entry.value.content { found[entry.key] = text }
        }
    }

    private func bytes(of path: String) -> [UInt8]? {
        do throws(FileBytes.Fault) {
            return try FileBytes.read(path, atMost: Self.maxBytes)
        } catch {
            problems.error(.none, "\(path) \(SettingsDecoder.words(for: error, atMost: Self.maxBytes))")
            return nil
        }
    }
}
