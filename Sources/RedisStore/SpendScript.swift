/// The scripts' texts: each is `buckets.lua`, whose first line reads the clock (limits.md 11), and a body of its own.
enum StoreScript: Int, CaseIterable {
    /// Decides a tick's checks.
    case spend
    /// Settles one reservation.
    case settle
    /// Releases or renews one slot.
    case slots
    /// Reads one bucket.
    case inspect

    var text: [UInt8] { StoreScript.head + body }

    /// The script with another clock, for tests: same body, so what they prove holds for what is shipped.
    func text(clock line: String) -> [UInt8] {
        let head = StoreScript.head
        return Array(line.utf8) + head[(head.firstIndex(of: 0x0A) ?? head.count)...] + body
    }

    private static let head: [UInt8] = PackageResources.buckets_lua

    private var body: [UInt8] {
        switch self {
        case .spend: PackageResources.spend_lua
        case .settle: PackageResources.settle_lua
        case .slots: PackageResources.slots_lua
        case .inspect: PackageResources.inspect_lua
        }
    }
}

/// The script of the checks.
enum SpendScript {
    static let text: [UInt8] = StoreScript.spend.text

    static func text(clock line: String) -> [UInt8] { StoreScript.spend.text(clock: line) }
}
