/// How paths are read before they are matched: the opt-outs of gate.md 2 and 3, each for a proxy or an agent that is
/// known to behave. The default refuses whatever two programs could read differently.
public struct PathRules: Sendable {
    /// Remove `.` and `..` segments (RFC 3986 section 5.2.4) instead of refusing them.
    public var resolvesDots = false
    /// Read `//` as `/` instead of refusing it.
    public var mergesSlashes = false
    /// Take `;` as data instead of refusing it.
    public var keepsParameters = false
    /// Fold A–Z, in requests and in patterns.
    public var ignoresCase = false
    /// Cut from the front of a path that has it, before matching; a path without it is matched as it is.
    public var strippedPrefix: [UInt8] = []

    public init() {}

    /// Whether a path of ordinary bytes may be matched where it lies.
    var matchesInPlace: Bool { !ignoresCase && strippedPrefix.isEmpty }
}
