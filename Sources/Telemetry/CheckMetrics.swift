public import Domain

/// One worker's counters. A value: the worker adds to its own, a scrape adds copies together. Nothing is shared.
public struct CheckMetrics: Sendable {
    /// Allows and every reason to deny, for each dialect and for "not known yet".
    private static let outcomes = DenyReason.allCases.count + 1
    private static let dialects = Dialect.allCases.count + 1

    private var checks = ContiguousArray<UInt64>(repeating: 0, count: CheckMetrics.outcomes * CheckMetrics.dialects)
    public private(set) var duration = DurationHistogram()
    public private(set) var limits = LimitMetrics()
    public var connectionsOpen: Int64 = 0
    public var connectionsOpened: UInt64 = 0
    public var connectionsRefused: UInt64 = 0
    /// Checks from a trusted peer that named no client: per-address limits did not apply (gate.md 6).
    public var unknownAddresses: UInt64 = 0
    public var suppressedLogLines: UInt64 = 0

    public init() {}

    public mutating func record(_ decision: Decision, dialect: Dialect?, nanoseconds: UInt64) {
        checks[CheckMetrics.index(decision, dialect)] &+= 1
        duration.record(nanoseconds: nanoseconds)
    }

    /// The slot to record a limit's outcomes under.
    public mutating func slot(forLimit name: String) -> Int { limits.slot(for: name) }

    public mutating func recordLimit(_ slot: Int, _ outcome: LimitOutcome) {
        limits.record(slot, outcome)
    }

    public func count(_ decision: Decision, dialect: Dialect?) -> UInt64 {
        checks[CheckMetrics.index(decision, dialect)]
    }

    public mutating func add(_ other: CheckMetrics) {
        for index in checks.indices { checks[index] &+= other.checks[index] }
        duration.add(other.duration)
        limits.add(other.limits)
        connectionsOpen += other.connectionsOpen
        connectionsOpened &+= other.connectionsOpened
        connectionsRefused &+= other.connectionsRefused
        unknownAddresses &+= other.unknownAddresses
        suppressedLogLines &+= other.suppressedLogLines
    }

    private static func index(_ decision: Decision, _ dialect: Dialect?) -> Int {
        let row = dialect.map { Int($0.rawValue) } ?? dialects - 1
        switch decision {
        case .allow: return row * outcomes
        case .deny(let reason): return row * outcomes + 1 + Int(reason.rawValue)
        }
    }
}
