import Configuration
import Credentials
import Logging
import Outbound
import Synchronization

/// What is known of the secrets that the configuration refers to: fetched at start while somebody waits, looked at
/// again in the background, and kept when that fails.
///
/// The main thread reads it and its own thread changes it, each behind a lock held for a moment; no event loop touches
/// it. Without a reference it has no thread and no connection.
package final class SecretKeeper: Sendable {
    private struct State {
        var fetcher: SecretFetcher?
        var values: [SecretRequest: Secret] = [:]
        /// Of what has no value: told once, by the reading of the file that asked.
        var failures: [SecretRequest: SecretFault] = [:]
        var settings = SecretSettings()
        var used: [SecretRequest] = []
        var urgent: [SecretRequest] = []
        var hasNews = false
        var hasThread = false
        var isStopped = false
        var report = SecretReport()
        var logger: Logger?
    }

    private let state = Mutex(State())
    private let signal = CountingSignal()

    package init() {}

    // MARK: The main thread

    var values: SecretValues {
        state.withLock { state in
            SecretValues(
                state.failures.mapValues { .failure($0) }.merging(state.values.mapValues { .success($0) }) { $1 })
        }
    }

    var report: SecretReport { state.withLock { $0.report } }

    /// Fetches what is wanted, and waits for it until the deadline of `secrets.deadline_seconds`.
    func fetch(_ uses: SecretUses) {
        look(uses.wanted.map(\.request), seconds: uses.settings.deadlineSeconds)
    }

    /// Has it fetched without waiting; there is news when it is done, well or not.
    func begin(_ uses: SecretUses) {
        state.withLock { state in
            state.settings = uses.settings
            state.urgent += uses.wanted.map(\.request)
        }
        wake()
    }

    /// The next look is now.
    func refresh() {
        state.withLock { $0.urgent += $0.used }
        wake()
    }

    /// A configuration with these references is in force: they are looked at from now on, and no others are kept.
    func keep(_ uses: SecretUses, logger: Logger) {
        let requests = uses.all.map(\.request)
        let stores = Set(requests.map(\.store))
        let fetcher = state.withLock { state in
            let kept = Set(requests)
            state.values = state.values.filter { kept.contains($0.key) }
            state.failures = [:]
            (state.used, state.settings, state.logger) = (requests, uses.settings, logger)
            state.report.keep(requests.count, of: stores)
            return state.fetcher
        }
        fetcher?.keep(stores)
        if !requests.isEmpty { wake() }
    }

    /// A failure is told by one reading of the file; the next one asks again.
    func forgetFailures() { state.withLock { $0.failures = [:] } }

    /// Whether something has changed since the last call, so that the file is read again.
    func takeNews() -> Bool {
        state.withLock { state in
            defer { state.hasNews = false }
            return state.hasNews
        }
    }

    /// Its thread ends by itself, at the latest with the process.
    func stop() {
        state.withLock { $0.isStopped = true }
        signal.post()
    }

    private func wake() {
        let isFirst = state.withLock { state in
            defer { state.hasThread = true }
            return !state.hasThread
        }
        if isFirst { SecretThread.start { self.run() } }
        signal.post()
    }

    // MARK: Its own thread

    private func run() {
        var failing = false
        while true {
            let wait = state.withLock { SecretPace.milliseconds(refresh: $0.settings.refreshSeconds, failing) }
            let isWoken = signal.wait(milliseconds: wait * .random(in: 90...110) / 100)
            let (requests, seconds) = state.withLock { state -> ([SecretRequest]?, Int) in
                if state.isStopped { return (nil, 0) }
                defer { state.urgent = [] }
                return (isWoken ? state.urgent : state.used, state.settings.deadlineSeconds)
            }
            guard let requests else { return }
            if !requests.isEmpty { failing = look(Array(Set(requests)), seconds: seconds) }
        }
    }

    /// - Returns: whether one of them failed.
    @discardableResult
    private func look(_ requests: [SecretRequest], seconds: Int) -> Bool {
        let fetcher = state.withLock { state in
            let fetcher = state.fetcher ?? SecretFetcher(client: OutboundClient())
            state.fetcher = fetcher
            return fetcher
        }
        let answers = fetcher.fetch(requests, milliseconds: seconds * 1_000) { self.state.withLock { !$0.isStopped } }
        return state.withLock { state in
            for (request, answer) in answers { SecretKeeper.take(request, answer, &state) }
            for line in state.report.changes(answers) {
                state.logger?.log(level: line.level, "\(line.message)", metadata: line.metadata)
            }
            return answers.values.contains { (try? $0.get()) == nil }
        }
    }

    private static func take(
        _ request: SecretRequest, _ answer: Result<[UInt8], SecretFault>, _ state: inout State
    ) {
        switch answer {
        case .success(let bytes):
            let secret = Secret(bytes)
            if state.values[request] == secret { return state.report.unchanged += 1 }
            state.values[request] = secret
            state.failures[request] = nil
            state.report.changed += 1
            state.hasNews = true
        case .failure(let fault):
            state.report.failed += 1
            // The last good value stays, however long.
            guard state.values[request] == nil else { return }
            state.failures[request] = fault
            state.hasNews = true
        }
    }
}

/// How long to wait before the next look.
enum SecretPace {
    /// Seconds after a look that failed, unless looks are closer together anyway.
    static let retrySeconds = 15

    static func milliseconds(refresh: Int, _ isFailing: Bool) -> Int {
        (isFailing ? min(refresh, retrySeconds) : refresh) * 1_000
    }
}
