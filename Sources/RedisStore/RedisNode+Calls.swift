import Domain
import Limits
import NIOCore

// Calls: out at the end of a tick, back as replies, or lost.
extension RedisNode {
    /// Runs `flush` after the events of this tick, so that their checks leave together.
    func scheduleFlush() {
        if flushIsDue { return }
        guard let turn else { return }
        flushIsDue = true
        eventLoop.execute(turn.flush)
    }

    func flush() {
        flushIsDue = false
        guard phase == .ready, hasWork else { return }
        let now = clock()
        outbound.clear()
        while hasWork, isWorthACall, let call = idleCall() {
            fill(call)
            send(call, at: now)
        }
        if outbound.readableBytes > 0 { connection?.write(outbound) }
        armAlarm(at: now)
    }

    var hasWork: Bool { !waiting.isEmpty || !leaseTraffic.isEmpty }

    /// As Nagle's algorithm does with segments: with nothing in flight every check leaves at once; otherwise they wait
    /// for as many as fill a call, at most until the next reply. A small call costs both sides nearly what a large one
    /// does, and each wakes both.
    ///
    /// In a cluster a call has one slot, and with it nearly always one check: waiting would bring no company.
    private var isWorthACall: Bool {
        if isInCluster { return true }
        return callsInFlight == 0 || waiting.charges + leaseTraffic.count >= ScriptCall.bucketsMax
    }

    private func idleCall() -> ScriptCall? {
        if let call = idleCalls.popLast() {
            callsInFlight += 1
            return call
        }
        if callsInFlight == callsMax { return nil }
        callsInFlight += 1
        return ScriptCall()
    }

    /// Gives a call back for the next checks.
    func release(_ call: ScriptCall) {
        call.clear()
        idleCalls.append(call)
        callsInFlight -= 1
        if hasWork { scheduleFlush() } else { closeIfDone() }
    }

    private func fill(_ call: ScriptCall) {
        call.clear()
        if isInCluster { return fillForOneSlot(call) }
        while let item = leaseTraffic.returns.first, call.add(return: item.item, under: item.table) {
            leaseTraffic.removeFirstReturn()
        }
        while let entry = waiting.first, call.add(entry) { waiting.dropFirst() }
        while let item = leaseTraffic.asks.first, call.add(ask: item.ask, under: item.table) {
            leaseTraffic.removeFirstAsk()
        }
    }

    /// What was sent here from another node goes alone, so that no other check has to follow it further.
    private func fillForOneSlot(_ call: ScriptCall) {
        (call.slot, call.redirects, call.isAsking) = (-1, 0, false)
        while let item = leaseTraffic.returns.first, call.takes(slot: item.slot),
            call.add(return: item.item, under: item.table)
        {
            leaseTraffic.removeFirstReturn()
        }
        while let entry = waiting.first, call.takes(slot: entry.slot, redirects: entry.redirects), call.add(entry) {
            (call.redirects, call.isAsking) = (Int(entry.redirects), entry.isAsking)
            waiting.dropFirst()
            if call.redirects > 0 { return }
        }
        while let item = leaseTraffic.asks.first, call.takes(slot: item.slot, redirects: item.redirects),
            call.add(ask: item.ask, under: item.table)
        {
            (call.redirects, call.isAsking) = (Int(item.redirects), item.isAsking)
            leaseTraffic.removeFirstAsk()
            if call.redirects > 0 { return }
        }
    }

    private func send(_ call: ScriptCall, at now: UInt64) {
        if call.isAsking {
            command.begin()
            command.argument("ASKING")
            expected.append(.ignored)
            command.write(to: &outbound)
        }
        call.encode(
            into: &command, digest: digest(of: .spend), prefix: store.keyPrefix, storeMicros: storeMicros(at: now))
        call.sentAt = now
        store.tallies.checksSent &+= UInt64(call.spends.count)
        store.tallies.bucketsSent &+= UInt64(call.keys.count)
        expected.append(.call(call))
        command.write(to: &outbound)
    }

    /// The reply to a call.
    func finish(_ call: ScriptCall, with reply: ReplyReader) {
        let now = clock()
        switch reply.kind {
        case .array where call.decode(reply.integers):
            storeOffset = reply.integers[0] &- Int64(now / 1_000)
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
        case .scriptGone where !call.wasResent && phase == .ready: reload(call, at: now)
        case .scriptGone, .wrongType: abandonCall(call, at: now)
        case .moved, .ask, .tryAgain, .unserved:
            if let cluster = store.cluster { return cluster.redirect(call, error, from: self, at: now) }
            abandonCall(call, at: now)
            retire(.cluster, at: now)
        case .failure(let reason):
            abandonCall(call, at: now)
            retire(reason, at: now)
        }
    }

    private func reload(_ call: ScriptCall, at now: UInt64) {
        call.wasResent = true
        store.tallies.scriptReloads &+= 1
        store.log(.scriptReloaded)
        outbound.clear()
        Handshake.encodeLoad(.spend, into: &command)
        expected.append(.ignored)
        command.write(to: &outbound)
        send(call, at: now)
        connection?.write(outbound)
    }

    /// Lets the failure mode decide all checks of a call.
    func abandonCall(_ call: ScriptCall, at now: UInt64) {
        for index in 0..<call.spends.count { store.failed(call.spends[index], joined: call.joined[index], at: now) }
        for ask in call.asks { store.answered(ask, under: call.limitTable, nil, sentAt: call.sentAt, at: now) }
        release(call)
    }

    func abandonWaiting(at now: UInt64) {
        while let entry = waiting.removeFirst() { store.failed(entry.spend, joined: entry.joined, at: now) }
        for item in leaseTraffic.removeAll() { store.answered(item.ask, under: item.table, nil, sentAt: 0, at: now) }
    }
}
