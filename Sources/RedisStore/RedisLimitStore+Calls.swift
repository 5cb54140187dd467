import Domain
import Limits
import NIOCore

/// The loop's way back into a store, without a closure per tick: made once, and sound to share because it is only
/// ever run on the loop.
final class Turn {
    let flush: @Sendable () -> Void

    init(_ store: RedisLimitStore, _ eventLoop: any EventLoop) {
        let bound = NIOLoopBound(store, eventLoop: eventLoop)
        flush = { bound.value.flush() }
    }
}

// Calls: out at the end of a tick, back as replies, or lost at their deadline.
extension RedisLimitStore {
    /// The loop's own clock, which a simulation turns by hand.
    func clock() -> UInt64 { eventLoop.now.uptimeNanoseconds }

    var deadline: UInt64 { UInt64(max(1, settings.deadlineMillis)) * 1_000_000 }

    /// Runs `flush` after the events of this tick, so that their checks leave together.
    func scheduleFlush() {
        if flushIsDue { return }
        guard let turn else { return }
        flushIsDue = true
        eventLoop.execute(turn.flush)
    }

    func flush() {
        flushIsDue = false
        guard phase == .ready, !waiting.isEmpty else { return }
        let now = clock()
        outbound.clear()
        while !waiting.isEmpty, isWorthACall, let call = idleCalls.popLast() {
            fill(call)
            send(call, at: now)
        }
        if outbound.readableBytes > 0 { connection?.write(outbound) }
        armAlarm(at: now)
    }

    /// As Nagle's algorithm does with segments: with nothing in flight every check leaves at once; otherwise a few wait
    /// for company, at most until the next reply. A small call costs both sides nearly what a large one does.
    private var isWorthACall: Bool {
        let inFlight = RedisLimitStore.callsMax - idleCalls.count
        return waiting.count >= inFlight * RedisLimitStore.checksPerCallInFlight
    }

    private func fill(_ call: ScriptCall) {
        call.clear()
        while let entry = waiting.first, call.add(entry) { _ = waiting.removeFirst() }
    }

    private func send(_ call: ScriptCall, at now: UInt64) {
        call.encode(into: &command, digest: digest, prefix: keyPrefix)
        call.sentAt = now
        tallies.checksSent &+= UInt64(call.spends.count)
        tallies.bucketsSent &+= UInt64(call.keys.count)
        expected.append(.call(call))
        // Only a lack of memory keeps hiredis from writing; the deadline then finds a call that was never sent.
        _ = command.write(to: &outbound)
    }

    /// The reply to a call.
    func finish(_ call: ScriptCall, with reply: ReplyReader) {
        let now = clock()
        switch reply.kind {
        case .array where call.decode(reply.integers):
            tallies.callsOK &+= 1
            tallies.durations.record(nanoseconds: now &- call.sentAt)
            breaker.succeeded()
            grace.healthy(at: now)
            settle(call, at: now)
        case .error:
            tallies.callsError &+= 1
            tallies.durations.record(nanoseconds: now &- call.sentAt)
            fail(call, ReplyError.classify(reply.string(0)), at: now)
        default:
            // An answer, and not to our question. What it did is unknown.
            tallies.callsError &+= 1
            expected.insert(.call(call), at: 0)
            if let connection { lost(connection, .protocolViolation) }
        }
    }

    /// Hands every check of a decoded call back to its owner.
    private func settle(_ call: ScriptCall, at now: UInt64) {
        for index in 0..<call.spends.count {
            let spend = call.spends[index]
            countUnreadable(spend)
            switch spend.outcome {
            case .refused: denyCache.remember(spend, sentAt: call.sentAt)
            case .pending:
                // One bad bucket is not an outage: no grace.
                tallies.checksUnreadable &+= 1
                decide(spend, by: settings.failureMode, at: now)
            case .admitted, .unavailable: break
            }
            resolve(spend, joined: call.joined[index], at: now)
        }
        release(call)
    }

    private func countUnreadable(_ spend: Spend) {
        for index in 0..<spend.readings.count where !spend.readings[index].isReadable {
            if !spend.table.enforced[spend.charges[index].limit] { tallies.shadowUnreadable &+= 1 }
            if sawUnreadable { continue }
            sawUnreadable = true
            log(.unreadableBucket)
        }
    }

    /// An error reply: nothing was spent.
    private func fail(_ call: ScriptCall, _ error: ReplyError, at now: UInt64) {
        switch error {
        case .scriptGone where !call.wasResent && phase == .ready:
            call.wasResent = true
            tallies.scriptReloads &+= 1
            log(.scriptReloaded)
            outbound.clear()
            Handshake.encodeLoad(into: &command)
            expected.append(.reload)
            _ = command.write(to: &outbound)
            send(call, at: now)
            connection?.write(outbound)
        case .scriptGone: abandonCall(call, at: now)
        case .failure(let reason):
            abandonCall(call, at: now)
            retire(reason, at: now)
        }
    }

    /// Lets the failure mode decide all checks of a call.
    func abandonCall(_ call: ScriptCall, at now: UInt64) {
        for index in 0..<call.spends.count {
            decideWithoutRedis(call.spends[index], at: now)
            resolve(call.spends[index], joined: call.joined[index], at: now)
        }
        release(call)
    }

    func abandonWaiting(at now: UInt64) {
        while let entry = waiting.removeFirst() {
            decideWithoutRedis(entry.spend, at: now)
            resolve(entry.spend, joined: entry.joined, at: now)
        }
    }

    private func release(_ call: ScriptCall) {
        call.clear()
        idleCalls.append(call)
        if !waiting.isEmpty { scheduleFlush() }
    }

    private func resolve(_ spend: Spend, joined: UInt64, at now: UInt64) {
        tallies.waits.record(nanoseconds: now &- joined)
        spend.resolve()
    }

    // === The deadline: one alarm for all checks, set for the oldest.

    /// When the check that waits longest must be answered.
    private var due: UInt64? {
        var oldest = waiting.first?.joined ?? .max
        for case .call(let call) in expected { oldest = min(oldest, call.oldest) }
        return oldest == .max ? nil : oldest + deadline
    }

    func armAlarm(at now: UInt64) {
        guard alarm == nil, let due else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        alarm = eventLoop.scheduleTask(deadline: .uptimeNanoseconds(max(due, now))) { bound.value.ring() }
    }

    private func ring() {
        alarm = nil
        let now = clock()
        if phase == .ready || phase == .retiring, let due, now >= due, let connection {
            // Redis hangs, or the network does: the socket would not say so for minutes.
            lost(connection, .deadline)
        }
        armAlarm(at: now)
    }
}
