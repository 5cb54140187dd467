import Bytes
import Configuration
import Domain
import Limits

/// Bad credentials per address (gate.md 12): a token bucket in the limit store, so that replicas share what they know,
/// and here the addresses whose bucket is empty.
///
/// Only failures are charged, after they happened, and only an address that has used up its share is refused cold work.
/// So a store that is slow or away costs nobody anything, and what it costs a guesser is learned a moment late: some
/// guesses more, as many as were under way.
final class FailureThrottle {
    /// Addresses refused at once; of more, some are let off early.
    private static let blockedMax = 4_096
    /// Failures being charged at once; more are not charged. The address of a flood is blocked long before.
    private static let chargesMax = 64

    private let store: LimitEngine
    private var table: LimitTable?
    private var blocked: [Digest128: UInt64] = [:]
    private var charging = 0
    private var idle: [Spend] = []
    private(set) var failures: UInt64 = 0
    private(set) var uncharged: UInt64 = 0

    init(_ settings: FailedCredentialSettings, store: LimitEngine) {
        self.store = store
        install(settings)
    }

    func install(_ settings: FailedCredentialSettings) {
        blocked.removeAll()
        guard settings.isEnabled, let quota = try? CompiledQuota(settings.quota, maxCost: 1) else {
            table = nil
            return
        }
        table = LimitTable([Limit(name: "failed_credentials", kind: .address, quota: quota, enforced: true)])
    }

    var isEmpty: Bool { blocked.isEmpty }

    /// Seconds until this address may cause cold work again; nil if it may now.
    func wait(for owner: Digest128) -> Int64? {
        guard let until = blocked[owner] else { return nil }
        let now = Clock.monotonic()
        guard now < until else {
            blocked[owner] = nil
            return nil
        }
        return Int64((until - now - 1) / 1_000_000_000 + 1)
    }

    /// One bad credential from this address. An unknown address is exempt (gate.md 12).
    func failed(from address: ClientAddress, _ owner: Digest128) {
        failures &+= 1
        guard let table, address.isKnown, blocked[owner] == nil else { return }
        guard charging < FailureThrottle.chargesMax else {
            uncharged &+= 1
            return
        }
        let spend = idle.popLast() ?? Spend { [unowned self] in self.charged($0) }
        spend.table = table
        spend.charges.removeAll(keepingCapacity: true)
        spend.charges.append(
            Charge(key: BucketKey(owner: owner, limit: table.limits[0].key), limit: 0, cost: 1))
        charging += 1
        if store.spend(spend, at: Clock.monotonic()) { charged(spend) }
    }

    private func charged(_ spend: Spend) {
        charging -= 1
        idle.append(spend)
        guard let owner = spend.charges.first?.key.owner, let result = spend.result(of: 0) else { return }
        let isUsedUp = spend.outcome == .refused || result.remaining == 0
        guard spend.outcome == .refused || spend.outcome == .admitted, isUsedUp else { return }
        if blocked.count >= FailureThrottle.blockedMax, let any = blocked.keys.first { blocked[any] = nil }
        let micros = UInt64(max(0, result.retryMicros ?? result.resetMicros))
        blocked[owner] = Clock.monotonic() + micros * 1_000
    }
}
