import Foundation
import Synchronization

/// Threads that ask without a pause on connections of their own, and remember every answer.
///
/// An answer that does not come (a reset, an end of stream, a timeout) is a status of 0, and its thread connects anew.
final class Load: Sendable {
    /// One request and its answer, on the monotonic clock.
    struct Answer: Sendable {
        /// What was asked, as its number in `requests`.
        var request: Int
        var status: Int
        var sent: Double
        var received: Double
    }

    private struct State {
        var answers: [Answer] = []
        var unanswered = 0
        var running = 0
        var lastRefusal: [Int: HTTPAnswer] = [:]
    }

    private let state = Mutex(State())
    private let isStopped = Atomic<Bool>(false)

    /// - Parameters:
    ///   - ports: each gets `threads` threads.
    ///   - requests: asked in turn, each thread beginning at another one.
    ///   - pauseSeconds: between two requests of a thread.
    init(ports: [UInt16], threads: Int, requests: [LoadRequest], pauseSeconds: Double = 0) {
        state.withLock { $0.running = ports.count * threads }
        for index in 0..<ports.count * threads {
            let port = ports[index % ports.count]
            Thread.detachNewThread {
                self.ask(port, requests, from: index * requests.count / (ports.count * threads), pauseSeconds)
                self.state.withLock { $0.running -= 1 }
            }
        }
    }

    deinit { isStopped.store(true, ordering: .relaxed) }

    /// Everything answered so far.
    var answers: [Answer] { state.withLock { $0.answers } }

    /// Requests on a connection that had answered before, and then ended without an answer. One that was refused or
    /// reset before its first is not counted: the kernel takes connections that a closing listener never sees.
    var unanswered: Int { state.withLock { $0.unanswered } }

    /// The last whole answer of this status.
    func last(_ status: Int) -> HTTPAnswer? { state.withLock { $0.lastRefusal[status] } }

    /// Ends all threads after the answer each waits for.
    @discardableResult
    func stop() throws -> [Answer] {
        isStopped.store(true, ordering: .relaxed)
        guard eventually(within: 40, { state.withLock { $0.running == 0 } }) else {
            throw HarnessFailure("a request under load was never answered")
        }
        return answers
    }

    private func ask(_ port: UInt16, _ requests: [LoadRequest], from first: Int, _ pauseSeconds: Double) {
        var client: HTTPClient?
        var isKept = false
        var index = first
        while !isStopped.load(ordering: .relaxed) {
            let number = index % requests.count
            index += 1
            let sent = monotonicSeconds()
            let answer = Load.ask(&client, port, requests[number])
            let received = monotonicSeconds()
            let status = answer?.status ?? 0
            state.withLock {
                $0.answers.append(Answer(request: number, status: status, sent: sent, received: received))
                if answer == nil, isKept { $0.unanswered += 1 }
                if let answer, status != 200 { $0.lastRefusal[status] = answer }
            }
            isKept = answer != nil && client != nil
            guard answer != nil else {
                client = nil
                pause(seconds: 0.01)
                continue
            }
            if pauseSeconds > 0 { pause(seconds: pauseSeconds) }
        }
    }

    /// Nil where no answer came.
    private static func ask(_ client: inout HTTPClient?, _ port: UInt16, _ request: LoadRequest) -> HTTPAnswer? {
        do {
            let open = try client ?? HTTPClient(port: port)
            client = open
            let answer = try open.request("GET", request.target, [("X-API-Key", request.key)])
            if answer["Connection"]?.lowercased() == "close" { client = nil }
            return answer
        } catch {
            return nil
        }
    }
}

/// What a load asks: a check with a key.
struct LoadRequest: Sendable {
    var target: String
    var key: String
}

extension [Load.Answer] {
    /// How many there are of each status.
    var statuses: [Int: Int] { reduce(into: [:]) { $0[$1.status, default: 0] += 1 } }

    /// Those asked and answered within a stretch of time.
    func within(_ start: Double, _ end: Double) -> [Load.Answer] { filter { $0.sent >= start && $0.received <= end } }

    func count(_ status: Int) -> Int { count { $0.status == status } }
}
