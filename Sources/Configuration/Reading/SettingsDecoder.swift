/// One reading of one document into `Settings`. Each section has its own file of extensions; each method returns the
/// best value it can, a default where there is none, and has reported what is wrong.
///
/// Settings made beside an error are never handed out.
final class SettingsDecoder {
    /// All scalars together may grow by no more than this from `${VAR}`, or a file of references to one large variable
    /// would be a bomb.
    static let maxExpandedBytes = 16 << 20
    /// Names, identifiers, paths and the like.
    static let maxTextBytes = 4_096

    let problems: ProblemList
    let environment: [String: String]
    let overrides: SettingsOverrides
    /// Whose words the file itself is in.
    let format: ConfigurationFormat
    /// The names under which authenticators are compiled in.
    let authenticators: [String]
    /// Seconds since 1970.
    let now: Int64
    let zones: TimeZoneFolder
    private var expandedBytes = 0

    init(
        _ problems: ProblemList, _ environment: [String: String], _ overrides: SettingsOverrides,
        format: ConfigurationFormat = .native, authenticators: [String], now: Int64, zones: TimeZoneFolder = .system
    ) {
        self.problems = problems
        self.environment = environment
        self.overrides = overrides
        self.format = format
        self.authenticators = authenticators
        self.now = now
        self.zones = zones
    }

    /// A scalar after expansion.
    struct Text {
        var value: String
        /// It came, in part or whole, from the environment, and so is not repeated in messages.
        var isExpanded: Bool

        /// `, not `word``, or nothing where the word might be secret.
        var shown: String { isExpanded ? "" : Echo.word(value).map { ", not \($0)" } ?? "" }
    }

    /// The expanded text of a scalar, whatever it holds. A secret is not advised to have a default.
    func text(_ node: YAMLNode, _ key: String, isSecret: Bool = false) -> Text? {
        guard case .scalar(let raw, _) = node.content else {
            if node.isRefused { return nil }
            problems.error(node.position, "`\(key)` must be a single value, not \(node.kind)")
            return nil
        }
        do throws(Expansion.Fault) {
            guard let value = try Expansion.expand(raw, environment) else { return Text(value: raw, isExpanded: false) }
            expandedBytes += value.utf8.count
            if expandedBytes > Self.maxExpandedBytes { throw .tooLong }
            return Text(value: value, isExpanded: true)
        } catch {
            problems.error(node.position, Self.message(for: error, key, isSecret))
            return nil
        }
    }

    private static func message(for fault: Expansion.Fault, _ key: String, _ isSecret: Bool) -> String {
        switch fault {
        case .unset(let name):
            "`\(key)` needs the environment variable \(name), which is not set"
                + (isSecret ? "" : "; `${\(name):-…}` gives it a default")
        case .unclosed: "`\(key)` has a `${` without its `}`; `$${` stands for a literal `${`"
        case .malformed: "`\(key)` may hold `${VAR}` and `${VAR:-default}`, and no other form of `${`"
        case .tooLong: "`\(key)` is too long once its variables are expanded"
        }
    }

    /// Text that may be a name: neither empty nor long, without control characters.
    func name(_ node: YAMLNode, _ key: String, atMost limit: Int = maxTextBytes) -> Text? {
        guard let text = text(node, key) else { return nil }
        let fault: String? =
            if text.value.isEmpty {
                "is empty"
            } else if text.value.utf8.count > limit {
                "is longer than \(limit) bytes"
            } else if text.value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
                "holds a control character"
            } else {
                nil
            }
        guard let fault else { return text }
        problems.error(node.position, "`\(key)` \(fault)")
        return nil
    }

    func name(_ section: Section, _ key: String, atMost limit: Int = maxTextBytes) -> String? {
        section[key].flatMap { name($0, key, atMost: limit)?.value }
    }
}
