import Bytes
import NIOCore

/// The questions one worker has out, and the checks that wait for their answers: one question for all checks that ask
/// the same, and a bound on how many wait.
final class Questions {
    /// What is asked: a credential, or a request to be authorized, under one configuration.
    struct Key: Hashable {
        var digest: Digest256
        var gate: ObjectIdentifier

        init(_ digest: Digest256, _ gate: Gate) {
            self.digest = digest
            self.gate = ObjectIdentifier(gate)
        }
    }

    enum Joined {
        /// Nobody asks this yet: the caller must, and end it with `end`.
        case first
        case behind
        /// Too many checks wait already.
        case full
    }

    private let eventLoop: any EventLoop
    private let limit: Int
    private(set) var waiting = 0
    private var asked: [Key: [any CheckOwner]] = [:]

    /// - Parameter limit: checks of this worker that may wait at once: its share of `bounds.cold_checks`.
    init(eventLoop: any EventLoop, limit: Int) {
        self.eventLoop = eventLoop
        self.limit = limit
    }

    /// Room for one more check that waits.
    func takeWaiter() -> Bool {
        guard waiting < limit else { return false }
        waiting += 1
        return true
    }

    func release(waiters count: Int) { waiting -= count }

    func join(_ key: Key, _ owner: any CheckOwner) -> Joined {
        eventLoop.preconditionInEventLoop()
        guard takeWaiter() else { return .full }
        if asked[key]?.append(owner) != nil { return .behind }
        asked[key] = [owner]
        return .first
    }

    /// Who waited for this; nobody, if it ended before.
    func end(_ key: Key) -> [any CheckOwner] {
        eventLoop.preconditionInEventLoop()
        let owners = asked.removeValue(forKey: key) ?? []
        release(waiters: owners.count)
        return owners
    }
}
