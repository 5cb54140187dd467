/// What a check reserves of settled limits where its route or a trusted proxy says so (limits.md 29): one number for
/// all of them, or one for each that is named.
public struct ReservedCosts: Sendable, Equatable {
    private struct Entry: Sendable, Equatable {
        var limit: Int
        var cost: Int64
    }

    /// For every limit that is not named; negative says nothing.
    private var common: Int64 = -1
    private var named: ContiguousArray<Entry> = []

    public init() {}

    /// The same for every settled limit, 0…`max_cost`.
    public init(common: Int64) { self.common = common }

    /// Whether nothing is said, and each limit's own estimate stands.
    public var isEmpty: Bool { common < 0 && named.isEmpty }

    /// Names a limit, which must not be named already.
    public mutating func set(_ cost: Int64, of limit: Int) { named.append(Entry(limit: limit, cost: cost)) }

    public func names(_ limit: Int) -> Bool { named.contains { $0.limit == limit } }

    /// Negative where nothing is said. A check has a handful of limits, so this looks at each.
    func cost(of limit: Int) -> Int64 {
        for index in named.indices where named[index].limit == limit { return named[index].cost }
        return common
    }
}
