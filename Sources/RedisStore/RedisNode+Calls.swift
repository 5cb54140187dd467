import Domain
import Limits
import NIOCore

// Calls: out at the end of a tick, back as replies, or lost at their deadline.
extension RedisNode {
    var deadline: UInt64 { UInt64(max(1, store.settings.deadlineMillis)) * 1_000_000 }

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
        let inFlight = RedisNode.callsMax - idleCalls.count
        return waiting.count >= inFlight * RedisNode.checksPerCallInFlight
    }

    private func fill(_ call: ScriptCall) {
        call.clear()
        while let entry = waiting.first, call.add(entry) { _ = waiting.removeFirst() }
    }

    private func send(_ call: ScriptCall, at now: UInt64) {
        call.encode(into: &command, digest: digest, prefix: store.keyPrefix)
        call.sentAt = now
        store.tallies.checksSent &+= UInt64(call.spends.count)
        store.tallies.bucketsSent &+= UInt64(call.keys.count)
        expected.append(.call(call))
        // Only a lack of memory keeps hiredis from writing; the deadline then finds a call that was never sent.
        _ = command.write(to: &outbound)
    }

    /// The reply to a call.
    func finish(_ call: ScriptCall, with reply: ReplyReader) {
        let now = clock()
        switch reply.kind {
        case .array where call.decode(reply.integers):
            store.tallies.callsOK &+= 1
            store.tallies.durations.record(nanoseconds: now &- call.sentAt)
            breaker.succeeded()
            store.answered(call, by: self, at: now)
            release(call)
        case .error:
            store.tallies.callsError &+= 1
            store.tallies.durations.record(nanoseconds: now &- call.sentAt)
            fail(call, ReplyError.classify(reply.string(0)), at: now)
        default:
            // An answer, and not to our question. What it did is unknown.
            store.tallies.callsError &+= 1
            expected.insert(.call(call), at: 0)
            if let connection { lost(connection, .protocolViolation) }
        }
    }

    /// An error reply: nothing was spent.
    private func fail(_ call: ScriptCall, _ error: ReplyError, at now: UInt64) {
        switch error {
        case .scriptGone where !call.wasResent && phase == .ready:
            call.wasResent = true
            store.tallies.scriptReloads &+= 1
            store.log(.scriptReloaded)
            outbound.clear()
            Handshake.encodeLoad(into: &command)
            expected.append(.ignored)
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
        for index in 0..<call.spends.count { store.failed(call.spends[index], joined: call.joined[index], at: now) }
        release(call)
    }

    func abandonWaiting(at now: UInt64) {
        while let entry = waiting.removeFirst() { store.failed(entry.spend, joined: entry.joined, at: now) }
    }

    private func release(_ call: ScriptCall) {
        call.clear()
        idleCalls.append(call)
        if !waiting.isEmpty { scheduleFlush() }
    }

    // === Commands apart from checks.

    /// Sends a command that `encode` writes. False: not now, and `completion` is never called.
    func send(
        joined: UInt64, _ encode: (inout CommandEncoder) -> Void, completion: @escaping (ReplyReader?) -> Void
    ) -> Bool {
        guard phase == .ready, let connection, commandsOut < RedisNode.commandsMax else { return false }
        commandsOut += 1
        encode(&command)
        expected.append(.command(ColdCommand(joined: joined, completion: completion)))
        outbound.clear()
        _ = command.write(to: &outbound)
        connection.write(outbound)
        armAlarm(at: clock())
        return true
    }

    func finish(_ command: ColdCommand, with reply: ReplyReader?) {
        commandsOut -= 1
        command.completion(reply)
    }

    // === The deadline: one alarm for all that was asked, set for the oldest.

    /// When what waits longest must be answered.
    private var due: UInt64? {
        var oldest = waiting.first?.joined ?? .max
        for item in expected {
            switch item {
            case .call(let call): oldest = min(oldest, call.oldest)
            case .command(let command): oldest = min(oldest, command.joined)
            case .handshake, .ignored: break
            }
        }
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
