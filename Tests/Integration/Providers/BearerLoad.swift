import Foundation
import Synchronization

/// Threads that ask with bearer tokens on kept connections, and count every answer by its status.
///
/// The tokens may be changed while they run.
final class BearerLoad: Sendable {
    private struct State {
        var tokens: [String]
        var statuses: [Int: Int] = [:]
        var latencies: [Double] = []
        var running = 0
        var refusal: HTTPAnswer?
    }

    private let state: Mutex<State>
    private let isStopped = Atomic<Bool>(false)

    init(port: UInt16, threads: Int, tokens: [String], pauseSeconds: Double = 0.005) {
        state = Mutex(State(tokens: tokens, running: threads))
        for thread in 0..<threads {
            Thread.detachNewThread {
                self.ask(port, from: thread, pauseSeconds)
                self.state.withLock { $0.running -= 1 }
            }
        }
    }

    deinit { isStopped.store(true, ordering: .relaxed) }

    /// Answers so far by status; 0 where none came.
    var statuses: [Int: Int] { state.withLock { $0.statuses } }
    /// Seconds from request to answer, in the order of their arrival.
    var latencies: [Double] { state.withLock { $0.latencies } }
    /// The last answer that was not 200.
    var refusal: HTTPAnswer? { state.withLock { $0.refusal } }

    func use(_ tokens: [String]) { state.withLock { $0.tokens = tokens } }

    /// Waits for `count` more answers, so that what was just changed has been asked about.
    func waitForAnswers(_ count: Int, within seconds: Double = 20) throws {
        let target = statuses.values.reduce(0, +) + count
        guard eventually(within: seconds, { statuses.values.reduce(0, +) >= target }) else {
            throw HarnessFailure("the load stands still: \(statuses)")
        }
    }

    @discardableResult
    func stop() throws -> [Int: Int] {
        isStopped.store(true, ordering: .relaxed)
        guard eventually(within: 40, { state.withLock { $0.running == 0 } }) else {
            throw HarnessFailure("a request under load was never answered")
        }
        return statuses
    }

    private func ask(_ port: UInt16, from first: Int, _ pauseSeconds: Double) {
        var client: HTTPClient?
        var index = first
        while !isStopped.load(ordering: .relaxed) {
            let token = state.withLock { $0.tokens[index % $0.tokens.count] }
            index += 1
            if client == nil { client = try? HTTPClient(port: port) }
            let start = monotonicSeconds()
            let answer = try? client?.request("GET", "/envoy/a", Bearer.header(token))
            let seconds = monotonicSeconds() - start
            if answer == nil || answer?["Connection"]?.lowercased() == "close" { client = nil }
            state.withLock {
                $0.statuses[answer?.status ?? 0, default: 0] += 1
                $0.latencies.append(seconds)
                if let answer, answer.status != 200 { $0.refusal = answer }
            }
            if pauseSeconds > 0 { pause(seconds: pauseSeconds) }
        }
    }
}

/// One check with a bearer token, as Envoy asks it.
enum Bearer {
    /// With the client's address, as our Envoy file sends it: without one no throttle would apply (gate.md 6).
    static func header(_ token: String) -> [HTTPClient.Header] {
        [("Authorization", "Bearer \(token)"), ("x-postern-client-addr", "192.0.2.7")]
    }

    static func ask(_ postern: Postern, _ token: String) throws -> HTTPAnswer {
        try HTTPClient.once(port: postern.port, "GET", "/envoy/a", header(token))
    }
}

extension HTTPAnswer {
    /// The problem document's word for why.
    var reason: String? { json["reason"] as? String }
}
