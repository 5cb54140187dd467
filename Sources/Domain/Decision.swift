/// How a check ended.
public enum Decision: Hashable, Sendable {
    case allow
    case deny(DenyReason)

    public var isAllowed: Bool { self == .allow }
}
