import NIOCore

// Commands apart from checks, and the deadline of everything that was asked.
extension RedisNode {
    var deadline: UInt64 { UInt64(max(1, store.settings.deadlineMillis)) * 1_000_000 }

    /// Sends a command that `encode` writes. False: not now, and `completion` is never called.
    ///
    /// - Parameter asking: whether the node must be told to take a slot that is still on its way to it.
    func send(
        joined: UInt64, asking: Bool = false, _ encode: (inout CommandEncoder) -> Void,
        completion: @escaping (ReplyReader?) -> Void
    ) -> Bool {
        guard phase == .ready, let connection, commandsOut < RedisNode.commandsMax else { return false }
        commandsOut += 1
        outbound.clear()
        if asking {
            command.begin()
            command.argument("ASKING")
            expected.append(.ignored)
            command.write(to: &outbound)
        }
        encode(&command)
        expected.append(.command(ColdCommand(joined: joined, completion: completion)))
        command.write(to: &outbound)
        connection.write(outbound)
        armAlarm(at: clock())
        return true
    }

    func finish(_ command: ColdCommand, with reply: ReplyReader?) {
        commandsOut -= 1
        command.completion(reply)
        closeIfDone()
    }

    /// When what waits longest must be answered: one alarm serves all.
    private var due: UInt64? {
        var oldest = waiting.first?.joined ?? .max
        // The handshake and its probe have a deadline of their own.
        if phase != .connecting {
            for item in expected {
                switch item {
                case .call(let call): oldest = min(oldest, call.oldest)
                case .command(let command): oldest = min(oldest, command.joined)
                case .handshake, .ignored: break
                }
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
        if let due, now >= due {
            if phase == .ready || phase == .retiring, let connection {
                // Redis hangs, or the network does: the socket would not say so for minutes.
                lost(connection, .deadline)
            } else {
                abandonWaiting(at: now)
            }
        }
        armAlarm(at: now)
    }
}
