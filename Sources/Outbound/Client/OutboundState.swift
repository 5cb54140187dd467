import CLibcurl
import Glibc
import Synchronization

/// What the outbound thread shares with everybody else, behind one lock that is only ever held for a moment: nothing
/// foreign is called under it.
final class OutboundState: Sendable {
    private struct Timer {
        var moment: UInt64?
        var action: @Sendable () -> Void
    }

    private struct State {
        /// Nil once the thread has ended: nobody may wake it then.
        var multi: UnsafeMutableRawPointer?
        var thread: pthread_t?
        var isClosing = false
        var arrivals: [Submission] = []
        var timers: [Int: Timer] = [:]
        var timerCount = 0
        var counters = OutboundCounters()
    }

    let bounds: OutboundBounds
    private let state: Mutex<State>

    init(bounds: OutboundBounds) {
        self.bounds = bounds
        guard let multi = curl_multi_init() else { preconditionFailure("libcurl has no memory for a multi handle") }
        let limits: [(CURLMoption, Int)] = [
            (CURLMOPT_MAX_TOTAL_CONNECTIONS, bounds.connectionsMax),
            (CURLMOPT_MAX_HOST_CONNECTIONS, bounds.connectionsPerHostMax),
            (CURLMOPT_MAXCONNECTS, bounds.connectionsMax),
        ]
        for (option, value) in limits {
            let status = postern_curl_multi_set_long(multi, option, value)
            precondition(status == CURLM_OK, "libcurl refused a bound")
        }
        state = Mutex(State(multi: multi))
    }

    var counters: OutboundCounters { state.withLock { $0.counters } }

    // MARK: For everybody

    /// - Returns: why it is refused, or nil once it is the thread's.
    func submit(_ submission: Submission) -> OutboundFault? {
        state.withLock { state in
            let refusal: OutboundFault? =
                state.isClosing ? .closed : state.counters.pending >= bounds.requestsMax ? .queueFull : nil
            if let refusal {
                state.counters.count(refusal)
                return refusal
            }
            state.counters.pending += 1
            state.arrivals.append(submission)
            // Whoever came first has woken the thread, which takes all at once.
            if state.arrivals.count == 1 { OutboundState.wake(state) }
            return nil
        }
    }

    func addTimer(_ action: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.timerCount += 1
            state.timers[state.timerCount] = Timer(moment: nil, action: action)
            return state.timerCount
        }
    }

    func setTimer(_ identifier: Int, at moment: UInt64?) {
        state.withLock { state in
            state.timers[identifier]?.moment = moment
            if moment != nil { OutboundState.wake(state) }
        }
    }

    func removeTimer(_ identifier: Int) {
        // The action is let go of outside the lock: it may hold the last of somebody who calls back here.
        _ = state.withLock { $0.timers.removeValue(forKey: identifier) }
    }

    func keep(_ thread: pthread_t) { state.withLock { $0.thread = thread } }

    /// - Returns: the thread to wait for; nil for all but the first caller.
    func beginClosing() -> pthread_t? {
        state.withLock { state in
            defer { state.thread = nil }
            state.isClosing = true
            OutboundState.wake(state)
            return state.thread
        }
    }

    /// The one call of libcurl that any thread may make.
    private static func wake(_ state: borrowing State) {
        if let multi = state.multi { curl_multi_wakeup(multi) }
    }

    // MARK: For the outbound thread

    struct Turn {
        var isClosing: Bool
        var arrivals: [Submission]
        var due: [@Sendable () -> Void]
        var nextTimer: UInt64?
    }

    /// Takes what has arrived and every timer that is due.
    func beginTurn(at now: UInt64) -> Turn {
        state.withLock { state in
            var turn = Turn(isClosing: state.isClosing, arrivals: state.arrivals, due: [], nextTimer: nil)
            state.arrivals.removeAll(keepingCapacity: true)
            for (identifier, timer) in state.timers {
                guard let moment = timer.moment else { continue }
                if moment <= now {
                    state.timers[identifier]?.moment = nil
                    turn.due.append(timer.action)
                } else {
                    turn.nextTimer = min(turn.nextTimer ?? moment, moment)
                }
            }
            return turn
        }
    }

    func finished(_ result: Result<OutboundResponse, OutboundFault>) {
        state.withLock { state in
            state.counters.pending -= 1
            state.counters.count(result)
        }
    }

    /// The multi handle, for the thread that alone transfers with it.
    func borrowMulti() -> UnsafeMutableRawPointer? { state.withLock { Handle(pointer: $0.multi) }.pointer }

    /// From here on nobody wakes the thread, and its handle may go.
    func end() {
        let multi = state.withLock { state in
            defer { state.multi = nil }
            return Handle(pointer: state.multi)
        }
        if let pointer = multi.pointer { curl_multi_cleanup(pointer) }
    }

    /// A pointer on its way out of the lock, to the one thread that may use it.
    private struct Handle: @unchecked Sendable { var pointer: UnsafeMutableRawPointer? }
}
