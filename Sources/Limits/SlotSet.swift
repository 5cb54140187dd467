import Bytes
import Domain

/// The slots of one bucket: who holds one until when (limits.md 28). The sorted set of Redis, in its order.
struct SlotSet: Expiring {
    /// Expired slots removed by one write.
    static let trimMax = 64

    private struct Member {
        var id: Digest128
        var expires: Int64
    }

    /// By expiry, then by id.
    private var members: ContiguousArray<Member> = []

    func isExpired(at now: Int64) -> Bool { (members.last?.expires ?? 0) <= now }

    /// How many are held, and when the first of them expires; 0 where none is.
    func reading(at now: Int64) -> ArrivalTime {
        let first = firstHeld(at: now)
        let expiry = first < members.count ? members[first].expires : 0
        return ArrivalTime(micros: Int64(members.count - first), fraction: expiry)
    }

    mutating func trim(at now: Int64) { members.removeFirst(min(SlotSet.trimMax, firstHeld(at: now))) }

    mutating func hold(_ id: Digest128, until expires: Int64) {
        members.removeAll { $0.id == id }
        // Nearly always at the end: all of a limit's slots are held for equally long.
        var place = members.count
        while place > 0, SlotSet.isOrdered(id, expires, before: members[place - 1]) { place -= 1 }
        members.insert(Member(id: id, expires: expires), at: place)
    }

    /// Whether it was held until now.
    mutating func release(_ id: Digest128, now: Int64) -> Bool {
        guard let place = members.firstIndex(where: { $0.id == id }) else { return false }
        return members.remove(at: place).expires > now
    }

    /// Whether it is held on.
    mutating func renew(_ id: Digest128, until expires: Int64, now: Int64) -> Bool {
        guard members.contains(where: { $0.id == id && $0.expires > now }) else { return false }
        hold(id, until: expires)
        return true
    }

    private func firstHeld(at now: Int64) -> Int {
        var (low, high) = (0, members.count)
        while low < high {
            let middle = (low + high) / 2
            if members[middle].expires <= now { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func isOrdered(_ id: Digest128, _ expires: Int64, before other: Member) -> Bool {
        if expires != other.expires { return expires < other.expires }
        return id.high != other.id.high ? id.high < other.id.high : id.low < other.id.low
    }
}
