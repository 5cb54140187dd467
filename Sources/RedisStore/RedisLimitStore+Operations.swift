import Bytes
import Domain
public import Limits
import NIOCore

// What is asked apart from checks: one command per bucket, to the node that holds it.
extension RedisLimitStore {
    public func perform(
        _ operation: StoreOperation, under table: LimitTable, at now: UInt64,
        completion: @escaping (StoreAnswer) -> Void
    ) {
        eventLoop.preconditionInEventLoop()
        switch operation {
        case .release(let ticket): changeSlots(ticket, operation, under: table, at: now, completion)
        case .renew(let ticket): changeSlots(ticket, operation, under: table, at: now, completion)
        case .settle(let ticket, let costs): settle(ticket, costs, operation, under: table, at: now, completion)
        case .inspect(let key):
            guard let limit = table.index(ofKey: key.limit) else { return completion(.unknownLimit) }
            let scripts = OperationScripts(prefix: keyPrefix, table: table)
            run(.inspect, on: key, at: now) { node, command in
                scripts.encodeInspect(
                    key, limit: limit, digest: node.digest(of: .inspect), storeMicros: node.storeMicros, into: &command)
            } completion: { reply in
                let state = reply.flatMap { scripts.state($0, limit: limit) }
                completion(state.map { .inspected($0) } ?? .unavailable)
            }
        case .reset(let key):
            guard let limit = table.index(ofKey: key.limit) else { return completion(.unknownLimit) }
            let scripts = OperationScripts(prefix: keyPrefix, table: table)
            run(nil, on: key, at: now) { _, command in
                scripts.encodeReset(key, limit: limit, into: &command)
            } completion: { reply in
                completion(reply.map { .reset($0.first == 1) } ?? .unavailable)
            }
        }
    }

    /// Releases or renews every slot of a ticket, in Redis and among those taken locally while it was away.
    private func changeSlots(
        _ ticket: Ticket, _ operation: StoreOperation, under table: LimitTable, at now: UInt64,
        _ completion: @escaping (StoreAnswer) -> Void
    ) {
        let limits = ticket.holdings.map { table.index(ofKey: $0.limit) }
        if limits.contains(nil) { return completion(.unknownLimit) }
        let scripts = OperationScripts(prefix: keyPrefix, table: table)
        var isRenewal = false
        if case .renew = operation { isRenewal = true }
        let tally = Tally(awaited: ticket.holdings.count) { [self] held in
            let total = (held ?? 0) + locallyHeld(operation, under: table, at: now)
            if held == nil && total == 0 { return completion(.unavailable) }
            completion(isRenewal ? .renewed(total) : .released(total))
        }
        for (key, limit) in zip(ticket.holdings, limits) {
            guard let limit, table.kinds[limit] == .slots else {
                tally.add(0)
                continue
            }
            run(.slots, on: key, at: now) { node, command in
                let digest = node.digest(of: .slots)
                if isRenewal {
                    scripts.encodeRenew(key, limit: limit, id: ticket.id, digest: digest, into: &command)
                } else {
                    scripts.encodeRelease(key, limit: limit, id: ticket.id, digest: digest, into: &command)
                }
            } completion: { reply in
                // What lies there and is no set of slots holds none.
                tally.add(reply.map { OperationScripts.slot($0) == true ? 1 : 0 })
            }
        }
        tally.add(0)
    }

    private func settle(
        _ ticket: Ticket, _ costs: [Int64?], _ operation: StoreOperation, under table: LimitTable, at now: UInt64,
        _ completion: @escaping (StoreAnswer) -> Void
    ) {
        let limits = ticket.holdings.map { table.index(ofKey: $0.limit) }
        if limits.contains(nil) { return completion(.unknownLimit) }
        let scripts = OperationScripts(prefix: keyPrefix, table: table)
        var settlements = [Settlement?](repeating: nil, count: ticket.holdings.count)
        let tally = Tally(awaited: ticket.holdings.count) { [self] answered in
            if answered == nil { return completion(.unavailable) }
            // What Redis does not know may have been reserved locally while it was away.
            let local = locally(operation, under: table, at: now)
            if case .settled(let ours) = local {
                for index in settlements.indices where settlements[index] == .expired {
                    if let other = ours[index], other != .expired { settlements[index] = other }
                }
            }
            completion(.settled(settlements))
        }
        for (index, key) in ticket.holdings.enumerated() {
            guard let limit = limits[index], table.limits[limit].settlement != nil, index < costs.count,
                let cost = costs[index]
            else {
                tally.add(0)
                continue
            }
            run(.settle, on: key, at: now) { node, command in
                scripts.encodeSettle(
                    key, limit: limit, id: ticket.id, cost: cost, digest: node.digest(of: .settle),
                    storeMicros: node.storeMicros, into: &command)
            } completion: { reply in
                settlements[index] = reply.flatMap(OperationScripts.settlement)
                tally.add(settlements[index] == nil ? nil : 1)
            }
        }
        tally.add(0)
    }

    private func locallyHeld(_ operation: StoreOperation, under table: LimitTable, at now: UInt64) -> Int {
        switch locally(operation, under: table, at: now) {
        case .released(let count), .renewed(let count): count
        default: 0
        }
    }

    /// The same of this worker's local share, if there ever was one.
    private func locally(_ operation: StoreOperation, under table: LimitTable, at now: UInt64) -> StoreAnswer? {
        guard tallies.decidedLocal > 0 else { return nil }
        var answer: StoreAnswer?
        local.perform(operation, under: localTable(of: table), at: now) { answer = $0 }
        return answer
    }

    // === One command

    /// - Parameters:
    ///   - script: what is loaded again if the server has forgotten it; nil: not a script.
    ///   - completion: given the reply's integers; nil: nothing is known of what the command did, or it did nothing.
    func run(
        _ script: StoreScript?, on key: BucketKey, at now: UInt64,
        encode: @escaping (RedisNode, inout CommandEncoder) -> Void,
        completion: @escaping (ContiguousArray<Int64>?) -> Void
    ) {
        let node = self.node ?? cluster?.node(ofSlot: HashSlot.of(key.owner))
        guard let node else { return completion(nil) }
        Operation(store: self, script: script, joined: now, encode: encode, completion: completion).send(to: node)
    }
}

/// Counts the answers of one operation's commands.
private final class Tally {
    private var awaited: Int
    private var sum: Int? = 0
    private let completion: (Int?) -> Void

    /// - Parameter awaited: `add` is called once more than this.
    init(awaited: Int, _ completion: @escaping (Int?) -> Void) {
        self.awaited = awaited + 1
        self.completion = completion
    }

    /// - Parameter count: nil makes the whole nil.
    func add(_ count: Int?) {
        if let count { sum = sum.map { $0 + count } } else { sum = nil }
        awaited -= 1
        if awaited == 0 { completion(sum) }
    }
}
