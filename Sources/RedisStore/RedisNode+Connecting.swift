import Bytes
import Domain
import Limits
import NIOCore

// The connection's life: connecting (handshake and probe) → ready → retiring or lost → pause → connecting.
extension RedisNode {
    func connect() {
        phase = .connecting
        let connection = RedisConnection(peer: self, keepsShape: isInCluster)
        self.connection = connection
        handshake = Handshake(settings: store.settings)
        let bound = NIOLoopBound((node: self, connection: connection), eventLoop: eventLoop)
        retry = eventLoop.scheduleTask(in: .nanoseconds(Int64(RedisNode.connectNanoseconds))) {
            bound.value.node.lost(bound.value.connection, .unreachable)
        }
        guard let sentinels = store.sentinels else { return open(connection) }
        sentinels.locate { [weak self] master in
            guard let self, self.connection === connection else { return }
            guard let master else { return self.lost(connection, .noMaster) }
            self.endpoint = master
            self.open(connection)
        }
    }

    private func open(_ connection: RedisConnection) {
        let bound = NIOLoopBound((node: self, connection: connection), eventLoop: eventLoop)
        store.connector.connect(connection, to: endpoint, on: eventLoop).whenComplete { result in
            let (node, connection) = bound.value
            switch result {
            case .success: node.connected(connection)
            case .failure: node.lost(connection, .unreachable)
            }
        }
    }

    private func connected(_ connection: RedisConnection) {
        guard self.connection === connection, phase == .connecting else { return connection.abandon() }
        outbound.clear()
        for step in handshake.steps {
            Handshake.encode(step, settings: store.settings, into: &command)
            expected.append(.handshake)
            command.write(to: &outbound)
        }
        connection.write(outbound)
    }

    /// Matches a reply with what it answers.
    func dispatch(_ reply: ReplyReader, _ connection: RedisConnection) {
        guard self.connection === connection else { return }
        if expected.isEmpty { return lost(connection, .protocolViolation) }
        switch expected.removeFirst() {
        case .handshake: greet(reply, connection)
        case .ignored: break
        case .call(let call) where phase == .connecting: probed(call, reply, connection)
        case .call(let call): finish(call, with: reply)
        case .command(let command): finish(command, with: reply)
        }
        if phase == .retiring, expected.isEmpty { dropConnection() }
    }

    private func greet(_ reply: ReplyReader, _ connection: RedisConnection) {
        switch handshake.receive(reply) {
        case .more: break
        case .map: store.cluster?.learn(reply, from: self)
        case .failed(let reason): lost(connection, reason)
        case .done:
            digests = handshake.digests
            probe(connection)
        }
    }

    /// Spends one token of a bucket of our own: only a script that has written proves that checks can be decided.
    private func probe(_ connection: RedisConnection) {
        let call = ScriptCall()
        let spend = Spend { _ in }
        spend.table = RedisNode.probeTable
        let owner = store.cluster?.probeOwner(for: self) ?? Digest128(high: 0, low: 0)
        let key = BucketKey(owner: owner, limit: RedisNode.probeTable.limits[0].key)
        spend.charges.append(Charge(key: key, limit: 0, cost: 1))
        _ = call.add(WaitingQueue.Entry(spend: spend, joined: clock()))
        call.encode(into: &command, digest: digest(of: .spend), prefix: store.keyPrefix)
        outbound.clear()
        expected.append(.call(call))
        command.write(to: &outbound)
        connection.write(outbound)
    }

    /// A million a second: a bucket that is full again before the next probe, and expires at once. As deep as a bucket
    /// can be, because where the server's clock was stepped back the last probe's token still lies ahead of it, and a
    /// bucket of a second would then refuse every probe until the clock is there again.
    static let probeTable: LimitTable = {
        let quota = Quota(tokens: 1_000_000, period: 1_000_000, burst: CompiledQuota.refillMax - 1)
        guard let compiled = try? CompiledQuota(quota, maxCost: 1) else { preconditionFailure("within limits.md 2") }
        return LimitTable([Limit(name: "probe", kind: .global, quota: compiled, enforced: true)])
    }()

    private func probed(_ call: ScriptCall, _ reply: ReplyReader, _ connection: RedisConnection) {
        noteTime(reply)
        let admitted = reply.kind == .array && call.decode(reply.integers) && call.spends[0].outcome == .admitted
        if admitted { return becomeReady() }
        guard reply.kind == .error else { return lost(connection, .scriptRefused) }
        switch ReplyError.classify(reply.string(0)) {
        case .failure(let reason): lost(connection, reason)
        case .scriptGone, .wrongType: lost(connection, .scriptRefused)
        // A node that has no slot, or has just lost that of the probe, is well.
        case .moved, .ask, .tryAgain, .unserved: if isInCluster { becomeReady() } else { lost(connection, .cluster) }
        }
    }

    private func becomeReady() {
        retry?.cancel()
        retry = nil
        phase = .ready
        store.tallies.connects &+= 1
        sawUnreadable = false
        breaker.connected()
        health = .up
        store.wentUp(self)
        if hasWork { scheduleFlush() }
    }

    /// The engine refuses to work. What is in flight will be answered yet; no more is sent.
    func retire(_ reason: RedisFailure, at now: UInt64) {
        guard phase == .ready else { return }
        phase = .retiring
        pause(for: reason, at: now)
        abandonWaiting(at: now)
    }

    /// Reports of a connection that is no longer ours are of no interest.
    func leave(_ connection: RedisConnection, _ reason: RedisFailure) {
        guard self.connection === connection else { return connection.abandon() }
        let wasRetiring = phase == .retiring
        abandonConnection(reason)
        if !wasRetiring { pause(for: reason, at: clock()) }
    }

    /// Gives the connection up. Calls that are out have an unknown outcome: they count as spent, are not sent again,
    /// and their checks are decided by the failure mode (limits.md 23).
    func abandonConnection(_ reason: RedisFailure) {
        let outstanding = expected
        let wasChecking = phase == .ready || phase == .retiring || phase == .closed
        if phase != .closed { phase = .idle }
        dropConnection()
        let now = clock()
        for item in outstanding {
            switch item {
            case .handshake, .ignored: break
            case .command(let command): finish(command, with: nil)
            case .call(let call):
                // The probe is nobody's.
                guard wasChecking else { continue }
                countLost(reason)
                abandonCall(call, at: now)
            }
        }
        abandonWaiting(at: now)
    }

    private func countLost(_ reason: RedisFailure) {
        if reason == .deadline { store.tallies.callsTimeout &+= 1 } else { store.tallies.callsDisconnected &+= 1 }
    }

    private func dropConnection() {
        connection?.abandon()
        connection = nil
        expected.removeAll(keepingCapacity: true)
    }

    /// Waits as long as the breaker says, then connects again.
    private func pause(for reason: RedisFailure, at now: UInt64) {
        if phase == .closed { return }
        if case .down(let since, _) = health {
            health = .down(since: since, reason: reason)
        } else {
            health = .down(since: now, reason: reason)
        }
        retry?.cancel()
        let until = breaker.failed(at: now, random: store.random())
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        retry = eventLoop.scheduleTask(deadline: .uptimeNanoseconds(until)) { bound.value.tryAgain() }
        store.wentDown(self)
    }

    private func tryAgain() {
        guard phase == .idle || phase == .retiring else { return }
        if phase == .retiring { abandonConnection(.deadline) }
        guard breaker.admits(at: clock()) else { return pause(for: .unreachable, at: clock()) }
        connect()
    }
}
