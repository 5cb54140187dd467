import Glibc

/// Asks other servers over HTTP: one thread of its own, on which libcurl keeps the connections.
///
/// Any thread may call; every completion and every timer runs on the outbound thread, one after the other, and must be
/// short: a worker's completion only hands the answer to its event loop. The one exception is a request refused at
/// once, whose completion runs before `send` returns.
///
/// Requests honour `https_proxy`, `http_proxy` and `no_proxy` as libcurl reads them from the environment.
public final class OutboundClient: Sendable {
    private let shared: OutboundState

    public init(bounds: OutboundBounds = OutboundBounds()) {
        precondition(Curl.isStarted, "libcurl does not start")
        shared = OutboundState(bounds: bounds)
        let box = Unmanaged.passRetained(shared)
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                let shared = Unmanaged<OutboundState>.fromOpaque(argument!).takeRetainedValue()
                TransferLoop(shared).run()
                return nil
            }, box.toOpaque())
        precondition(status == 0, "no thread left for outbound requests")
        shared.keep(thread)
    }

    deinit { close() }

    /// - Parameter completion: called exactly once, whatever happens.
    public func send(
        _ request: OutboundRequest,
        completion: @escaping @Sendable (Result<OutboundResponse, OutboundFault>) -> Void
    ) {
        guard request.isValid else { return completion(.failure(.invalidRequest)) }
        let wait = UInt64(max(1, request.deadlineMillis)) * 1_000_000
        let submission = Submission(request: request, deadline: Clock.monotonic + wait, completion: completion)
        if let refusal = shared.submit(submission) { completion(.failure(refusal)) }
    }

    /// A timer on the outbound thread, not yet set.
    public func makeTimer(_ action: @escaping @Sendable () -> Void) -> OutboundTimer {
        OutboundTimer(state: shared, identifier: shared.addTimer(action))
    }

    /// Ends the thread: what is pending fails with `closed`, timers never fire again. When it returns, every
    /// completion has run, unless it was called by one.
    public func close() {
        guard let thread = shared.beginClosing() else { return }
        if pthread_equal(thread, pthread_self()) != 0 {
            pthread_detach(thread)
        } else {
            pthread_join(thread, nil)
        }
    }

    public var counters: OutboundCounters { shared.counters }
}

/// What a client has done since it was made, for the metrics.
public struct OutboundCounters: Sendable {
    /// Accepted and not yet answered.
    public var pending = 0
    public var succeeded: UInt64 = 0
    /// In the order of `OutboundFault.allCases`.
    public var failed = [UInt64](repeating: 0, count: OutboundFault.allCases.count)

    mutating func count(_ result: Result<OutboundResponse, OutboundFault>) {
        switch result {
        case .success: succeeded += 1
        case .failure(let fault): count(fault)
        }
    }

    mutating func count(_ fault: OutboundFault) {
        if let index = OutboundFault.allCases.firstIndex(of: fault) { failed[index] += 1 }
    }
}
