import Bytes
import Domain

@testable import Limits

/// A server's data: the model that the script equals, and everything that was done to it, so that a failover can lose
/// the last of it and be replayed without.
final class Database {
    enum Operation {
        case check([Charge], LimitTable, Digest128)
        case ask(LeaseAsk, LimitTable)
        case giveBack(LeaseReturn, LimitTable)
    }

    private struct Done {
        var operation: Operation
        var now: Int64
        /// True time, and the journal's entry.
        var time: Int64
        var entry: Int
    }

    static let noTicket = Digest128(high: 0, low: 0)
    private static let capacity = 8_192
    private var store = MemoryStore(capacity: Database.capacity)
    private var history: [Done] = []
    private let spend = Spend { _ in }

    /// Decides one check. What comes back is used again by the next.
    func check(_ charges: [Charge], _ table: LimitTable, ticket: Digest128 = Database.noTicket, now: Int64) -> Spend {
        spend.table = table
        spend.ticketID = ticket
        spend.charges.removeAll(keepingCapacity: true)
        spend.charges.append(contentsOf: charges)
        store.decide(spend, now: now)
        return spend
    }

    func ask(_ ask: LeaseAsk, _ table: LimitTable, now: Int64) -> LeaseGrant {
        store.decide(ask, under: table, now: now)
    }

    func giveBack(_ item: LeaseReturn, _ table: LimitTable, now: Int64) {
        store.decide(item, under: table, now: now)
    }

    /// Remembers what was just done, for replication.
    func record(_ operation: Operation, now: Int64, time: Int64, entry: Int) {
        history.append(Done(operation: operation, now: now, time: time, entry: entry))
    }

    /// Whether `charge` would fit, and where its bucket stands: asked beside one that never fits, so nothing is spent.
    func peek(_ charge: Charge, _ table: LimitTable, now: Int64) -> BucketReading {
        var impossible = charge
        impossible.cost = table.quotas[charge.limit].quota.burst + 1
        return check([charge, impossible], table, now: now).readings[0]
    }

    func empty() {
        history = []
        store = MemoryStore(capacity: Database.capacity)
    }

    /// Forgets one bucket, as a key that expired.
    func drop(_ key: BucketKey) {
        for index in history.indices {
            switch history[index].operation {
            case .check(let charges, let table, let id):
                history[index].operation = .check(charges.filter { $0.key != key }, table, id)
            case .ask(let ask, let table) where ask.key == key:
                history[index].operation = .check([], table, Database.noTicket)
            case .giveBack(let item, let table) where item.key == key:
                history[index].operation = .check([], table, Database.noTicket)
            case .ask, .giveBack: break
            }
        }
        replay()
    }

    /// A replica takes over that had received nothing since `time`.
    ///
    /// - Returns: the journal's entries of what it never heard of.
    func failOver(losingSince time: Int64) -> [Int] {
        let kept = history.prefix { $0.time < time }
        // What a lease brought back is in no entry, and its loss allows nobody anything.
        let lost = history[kept.endIndex...].map(\.entry).filter { $0 >= 0 }
        history = Array(kept)
        replay()
        return lost
    }

    private func replay() {
        store = MemoryStore(capacity: Database.capacity)
        for done in history {
            switch done.operation {
            case .check(let charges, let table, let id): _ = check(charges, table, ticket: id, now: done.now)
            case .ask(let ask, let table): _ = store.decide(ask, under: table, now: done.now)
            case .giveBack(let item, let table): store.decide(item, under: table, now: done.now)
            }
        }
    }
}
