public import Credentials
import Glibc
import Synchronization

/// Fetches secrets: logs in where that is needed, asks for all of a store's at once, and asks again while that may
/// help.
///
/// It waits, so it is called from a thread that serves nobody; one round at a time. It remembers who it has become at a
/// store, and no secret.
public final class SecretFetcher: Sendable {
    public typealias Answers = [SecretRequest: Result<[UInt8], SecretFault>]

    /// Milliseconds before the first repetition; each further one waits twice as long, up to the other.
    private static let pauseMin = 200
    private static let pauseMax = 2_000

    private let client: OutboundClient
    private let sessions = Mutex<[SecretStore: any SecretSession]>([:])

    public init(client: OutboundClient) { self.client = client }

    /// - Parameters:
    ///   - milliseconds: for all of them together, repetitions included.
    ///   - isWanted: asked before each repetition; false ends the round with the faults it has.
    /// - Returns: an answer for each.
    public func fetch(
        _ requests: [SecretRequest], milliseconds: Int, isWanted: () -> Bool = { true }
    ) -> Answers {
        let deadline = Clock.monotonic + UInt64(max(1, milliseconds)) * 1_000_000
        let errands = SecretErrands(client: client, deadline: deadline)
        var answers: Answers = [:]
        var left = requests
        var pause = SecretFetcher.pauseMin
        while true {
            for (store, group) in Dictionary(grouping: left, by: \.store) {
                answers.merge(fetch(group, from: store, errands)) { $1 }
            }
            left = left.filter { answers[$0]?.isTransient ?? true }
            // Nothing is lost by a little disorder: replicas that start together do not ask together again.
            let wait = pause * .random(in: 75...125) / 100
            guard !left.isEmpty, errands.millisLeft > wait, isWanted() else { return answers }
            usleep(UInt32(wait) * 1_000)
            pause = min(pause * 2, SecretFetcher.pauseMax)
        }
    }

    /// Forgets who we have become at stores that are used no more.
    public func keep(_ stores: Set<SecretStore>) {
        sessions.withLock { sessions in sessions = sessions.filter { stores.contains($0.key) } }
    }

    private func fetch(
        _ requests: [SecretRequest], from store: SecretStore, _ errands: borrowing SecretErrands
    ) -> Answers {
        var session = sessions.withLock { $0[store] } ?? store.session
        defer { sessions.withLock { $0[store] = session } }
        let wasAuthorized = session.isAuthorized(at: errands.now)
        var answers = SecretFetcher.round(requests, &session, errands)
        // A login of an earlier round may have ended before its time: what it was denied is asked with a new one.
        let denied = requests.filter { answers[$0]?.isDenied ?? false }
        if wasAuthorized, !denied.isEmpty {
            session.forget()
            answers.merge(SecretFetcher.round(denied, &session, errands)) { $1 }
        }
        return answers
    }

    private static func round(
        _ requests: [SecretRequest], _ session: inout any SecretSession, _ errands: borrowing SecretErrands
    ) -> Answers {
        do throws(SecretFault) {
            if !session.isAuthorized(at: errands.now) { try session.authorize(errands) }
            var questions: [OutboundRequest] = []
            for request in requests { questions.append(try session.question(request.reference)) }
            let responses = errands.askAll(questions)
            var answers: Answers = [:]
            for (request, response) in zip(requests, responses) {
                answers[request] = Result { () throws(SecretFault) in
                    try session.value(request.reference, from: response.get())
                }
            }
            return answers
        } catch {
            return Dictionary(requests.map { ($0, .failure(error)) }) { first, _ in first }
        }
    }
}

extension Result where Failure == SecretFault {
    fileprivate var isTransient: Bool {
        if case .failure(let fault) = self { fault.isTransient } else { false }
    }

    fileprivate var isDenied: Bool {
        if case .failure(.denied) = self { true } else { false }
    }
}
