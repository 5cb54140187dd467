import Bytes
import Domain
import Limits

let second: Int64 = 1_000_000

func settled(_ name: String, _ tokens: Int64, per seconds: Int64, burst: Int64, debt: Int64) -> Limit {
    let written = Quota(tokens: tokens, period: seconds * second, burst: burst)
    guard let quota = try? CompiledQuota(written, maxCost: 1_000_000, debtMax: debt) else {
        fatalError("a quota within bounds")
    }
    let terms = SettlementTerms(estimate: 1, expiresMicros: 60 * second, debtMax: debt)
    return Limit(name: name, kind: .subject, quota: quota, enforced: true, settlement: terms)
}

func calendar(_ name: String, _ size: Int64, _ unit: CalendarUnit, settles: Bool = false) -> Limit {
    Limit(
        name: name, kind: .subject, quota: quota(size, per: 60), enforced: true,
        counting: .calendar(CalendarTerms(unit: unit, zone: .utc)),
        settlement: settles
            ? SettlementTerms(estimate: 1, expiresMicros: 600 * second, debtMax: 0) : nil)
}

func slots(_ name: String, _ count: Int64, seconds: Int64) -> Limit {
    Limit(
        name: name, kind: .subject, quota: quota(count, per: 1), enforced: true,
        counting: .slots(SlotTerms(leaseMicros: seconds * second)))
}

extension MemoryStore {
    /// One check that holds what it takes under `id`.
    func hold(_ table: LimitTable, at now: Int64, id: UInt64, _ charges: Charge...) -> Spend {
        let spend = Spend { _ in }
        spend.table = table
        spend.charges = ContiguousArray(charges)
        spend.ticketID = Digest128(high: 7, low: id)
        decide(spend, now: now)
        return spend
    }
}

func ticket(_ id: UInt64, _ charges: Charge...) -> Ticket {
    Ticket(id: Digest128(high: 7, low: id), holdings: charges.map(\.key))
}
