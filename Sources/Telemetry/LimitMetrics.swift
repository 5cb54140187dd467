/// What happened to one bucket in one check.
public enum LimitOutcome: Int, CaseIterable, Sendable {
    case allowed, denied, shadowDenied, unreadable

    public var name: String {
        switch self {
        case .allowed: "allowed"
        case .denied: "denied"
        case .shadowDenied: "shadow_denied"
        case .unreadable: "unreadable"
        }
    }
}

/// Counters per limit and outcome, by the limit's name: they live on when a reload moves a limit in the table.
public struct LimitMetrics: Sendable {
    /// Names beyond this many in the life of a process are counted together as `other`.
    public static let namesMax = 1_000
    private static let outcomes = LimitOutcome.allCases.count

    public private(set) var names: [String] = []
    private var counts: ContiguousArray<UInt64> = []

    public init() {}

    /// The slot to record under for the limit `name`; made on first use. Beyond the bound, that of `other`.
    public mutating func slot(for name: String) -> Int {
        if let known = names.firstIndex(of: name) { return known }
        if names.count >= LimitMetrics.namesMax, name != "other" { return slot(for: "other") }
        names.append(name)
        counts.append(contentsOf: repeatElement(0, count: LimitMetrics.outcomes))
        return names.count - 1
    }

    public mutating func record(_ slot: Int, _ outcome: LimitOutcome) {
        counts[slot &* LimitMetrics.outcomes &+ outcome.rawValue] &+= 1
    }

    public func count(_ slot: Int, _ outcome: LimitOutcome) -> UInt64 {
        counts[slot * LimitMetrics.outcomes + outcome.rawValue]
    }

    public mutating func add(_ other: LimitMetrics) {
        for (index, name) in other.names.enumerated() {
            let slot = slot(for: name)
            for outcome in LimitOutcome.allCases {
                counts[slot * LimitMetrics.outcomes + outcome.rawValue] &+= other.count(index, outcome)
            }
        }
    }
}
