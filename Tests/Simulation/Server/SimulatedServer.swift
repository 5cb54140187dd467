import Domain
import Limits
import NIOCore

@testable import RedisStore

/// A Redis that answers what Postern asks, and fails in the ways real ones do. Its data are the model's; that the real
/// script equals the model, the differential tests prove with a real server.
final class SimulatedServer {
    /// How the server is made wrong on purpose, for the canaries.
    struct Flaws {
        /// Keys expire so many microseconds before their buckets are full.
        var earlyExpiryMicros: Int64 = 0
        /// A restart loses the data, and nobody is told.
        var hidesLosses = false
        /// What a lease brings back is credited so many times, and what flowed in since is not taken off.
        var credits: Int64 = 0
        /// In so many of a hundred grants, a lease is told of twice what it got: as if it spent its tokens twice.
        var overstatesGrants: Int64 = 0
        /// In so many of a hundred replies, the verdicts of a call's checks change places.
        var mixesReplies: Int64 = 0
    }

    let timeline: Timeline
    let journal: Journal
    let dice: Dice
    var clock: ServerClock
    var flaws = Flaws()
    let database = Database()

    private(set) var isUp = true
    /// What every EVALSHA is answered while the engine refuses to work.
    var refusal: String?
    private var stalledUntil: Int64 = 0
    private var scripts: Set<String> = []
    private var sessions: [ObjectIdentifier: Session] = [:]
    private let table: LimitTable

    private final class Session {
        let link: Link
        var parser = CommandParser()
        init(_ link: Link) { self.link = link }
    }

    init(timeline: Timeline, journal: Journal, dice: Dice, clock: ServerClock, table: LimitTable) {
        self.table = table
        self.timeline = timeline
        self.journal = journal
        self.dice = dice
        self.clock = clock
    }

    // === What happens to it

    func stall(for nanoseconds: Int64) { stalledUntil = max(stalledUntil, timeline.now + nanoseconds) }

    func forgetScripts() { scripts = [] }

    func flush() {
        database.empty()
        if !flaws.hidesLosses { journal.append(.emptied) }
    }

    /// Gone, with its connections, data and scripts.
    func crash(network: Network) {
        isUp = false
        scripts = []
        flush()
        sessions = [:]
        network.cutAll(to: self)
    }

    func start() { isUp = true }

    /// A replica takes over at the same address: without the writes of the last `lag`, and with its own clock.
    func failOver(lag: Int64, stepMicros: Int64, network: Network) {
        let lost = database.failOver(losingSince: timeline.now - lag)
        if !flaws.hidesLosses { journal.append(.lost(lost)) }
        scripts = []
        sessions = [:]
        network.cutAll(to: self)
        step(byMicros: stepMicros)
    }

    func step(byMicros micros: Int64) {
        clock.step(byMicros: micros, at: timeline.now)
        if micros > 0 { journal.append(.stepped(micros, progress: clock.read(at: timeline.now).progress)) }
    }

    // === What it is asked

    func accept(_ link: Link) { sessions[ObjectIdentifier(link)] = Session(link) }

    func forget(_ link: Link) { sessions[ObjectIdentifier(link)] = nil }

    func receive(_ bytes: ByteBuffer, from link: Link) {
        if timeline.now < stalledUntil {
            return timeline.at(stalledUntil) { self.receive(bytes, from: link) }
        }
        guard isUp, let session = sessions[ObjectIdentifier(link)] else { return }
        session.parser.feed(bytes.readableBytesView)
        while let command = session.parser.next() { link.reply(answer(command, worker: link.worker).bytes) }
    }

    private func answer(_ command: [[UInt8]], worker: Int) -> Reply {
        let name = String(decoding: command[0], as: UTF8.self)
        switch name {
        case "AUTH", "SELECT", "CLIENT": return .status("OK")
        case "ROLE": return .list([.bulk("master"), .integers([0]), .list([])])
        case "CONFIG": return .list([.bulk("maxmemory-policy"), .bulk("noeviction")])
        case "SCRIPT": return load(command[2])
        case "EVALSHA": return evaluate(command, worker: worker)
        default: return .error("ERR unknown command '\(name)'")
        }
    }

    /// Any 40 hex digits that name the text will do.
    private func load(_ text: [UInt8]) -> Reply {
        if refusal?.hasPrefix("LOADING") == true, let refusal { return .error(refusal) }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        let half = String(hash, radix: 16)
        let digest = String(repeating: "0", count: 40 - half.count) + half
        scripts.insert(digest)
        return .bulk(digest)
    }

    private func evaluate(_ command: [[UInt8]], worker: Int) -> Reply {
        guard scripts.contains(String(decoding: command[1], as: UTF8.self)) else {
            return .error("NOSCRIPT No matching script. Please use EVAL.")
        }
        if let refusal { return .error(refusal) }
        guard let count = Int(String(decoding: command[2], as: UTF8.self)) else { return .error("ERR not a number") }
        let keys = Array(command[3..<(3 + count)])
        return spend(SpendCommand(keys: keys, packed: command[3 + count], table: table), worker: worker)
    }

    private func spend(_ call: SpendCommand, worker: Int) -> Reply {
        let (now, progress) = clock.read(at: timeline.now)
        for var item in call.returns {
            journal.append(.returned(worker: worker, item.key, tokens: item.tokens))
            if flaws.credits > 0 { (item.tokens, item.grantedAtMicros) = (flaws.credits * item.tokens, now) }
            database.giveBack(item, call.table, now: now)
            database.record(.giveBack(item, call.table), now: now, time: timeline.now, entry: -1)
        }
        var verdicts: [[Int64]] = []
        for check in call.checks {
            expireEarly(check.charges, call.table, now: now)
            verdicts.append(decide(check, call.table, worker: worker, now: now, progress: progress))
        }
        if verdicts.count > 1, dice.chance(flaws.mixesReplies) { verdicts.reverse() }
        var reply = [now] + verdicts.joined()
        for ask in call.asks { reply += grant(ask, call.table, worker: worker, now: now) }
        return .integers(reply)
    }

    private func decide(
        _ check: SpendCommand.Question, _ table: LimitTable, worker: Int, now: Int64, progress: Int64
    ) -> [Int64] {
        let charges = check.charges
        let spend = database.check(charges, table, ticket: check.ticket, now: now)
        var decision = Decision(
            worker: worker, now: now, progress: progress, ticket: check.ticket, parts: [],
            isAdmitted: spend.outcome == .admitted)
        var reply: [Int64] = []
        for (charge, reading) in zip(charges, spend.readings) {
            decision.parts.append(
                Decision.Part(
                    key: charge.key, cost: charge.cost, isEnforced: table.enforced[charge.limit], fits: reading.fits,
                    arrival: reading.arrival, quota: table.quotas[charge.limit]))
            reply += [reading.fits ? 1 : 0, reading.arrival.micros, reading.arrival.fraction]
        }
        let entry = journal.append(.decided(decision))
        if decision.isAdmitted {
            database.record(.check(charges, table, check.ticket), now: now, time: timeline.now, entry: entry)
        }
        return reply
    }

    private func grant(_ ask: LeaseAsk, _ table: LimitTable, worker: Int, now: Int64) -> [Int64] {
        let grant = database.ask(ask, table, now: now)
        let entry = journal.append(.granted(worker: worker, ask.key, tokens: grant.granted))
        database.record(.ask(ask, table), now: now, time: timeline.now, entry: entry)
        let told = dice.chance(flaws.overstatesGrants) ? 2 * grant.granted : grant.granted
        return [told, grant.arrival.micros, grant.arrival.fraction]
    }

    private func expireEarly(_ charges: [Charge], _ table: LimitTable, now: Int64) {
        guard flaws.earlyExpiryMicros > 0 else { return }
        for charge in charges {
            let wait = database.peek(charge, table, now: now).arrival.micros - now
            if wait > 0, wait <= flaws.earlyExpiryMicros { database.drop(charge.key) }
        }
    }
}
