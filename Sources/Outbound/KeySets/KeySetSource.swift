public import Credentials
import Domain
import Synchronization

/// Keeps one issuer's keys: fetches them at once, refreshes them before they run out, and tells whoever uses them.
///
/// `KeySetRefresh` decides, the outbound thread acts; a worker only ever reads a snapshot, and asks for a key it does
/// not have. Nothing here waits.
public final class KeySetSource: Sendable {
    /// Bytes of a discovery document; one of a key document is `KeySet`'s own bound.
    static let metadataBytesMax = 262_144
    /// Seconds for which a discovered `jwks_uri` is asked again without discovery, while it answers.
    static let discoveryAgeMax: Int64 = 86_400

    /// - Parameters: the source's index and what is known now. Called on the outbound thread, in order, after every
    ///   fetch that ended, well or not, and when a stale set has served its time.
    public typealias Listener = @Sendable (Int, KeySetSnapshot) -> Void

    private struct State {
        var refresh: KeySetRefresh<KeySet>
        var snapshot = KeySetSnapshot.initial
        var counters = KeySetSourceCounters()
        var discovered: (endpoint: OutboundEndpoint, at: Int64)?
        var timer: OutboundTimer?
        var isStopped = false
    }

    public let index: Int
    private let settings: KeySetSettings
    private let client: OutboundClient
    private let listener: Listener
    private let state: Mutex<State>

    /// - Parameter index: handed back to the listener: which issuer of the configuration this is.
    public init(index: Int, settings: KeySetSettings, client: OutboundClient, onChange listener: @escaping Listener) {
        self.index = index
        self.settings = settings
        self.client = client
        self.listener = listener
        let refresh = KeySetRefresh<KeySet>(
            cooldownSeconds: settings.cooldownSeconds, staleSeconds: settings.staleSeconds, now: Clock.monotonic)
        state = Mutex(State(refresh: refresh))
    }

    /// Begins the first fetch, on the outbound thread.
    public func start() {
        // Weak, or client, timer and source would keep each other.
        let timer = client.makeTimer { [weak self] in self?.advance() }
        state.withLock { state in
            state.timer = timer
            timer.set(at: state.refresh.nextDue)
        }
    }

    /// No more fetches, and no more calls of the listener once one that may be under way has returned.
    public func stop() {
        let timer = state.withLock { state in
            state.isStopped = true
            defer { state.timer = nil }
            return state.timer
        }
        timer?.set(at: nil)
    }

    public var snapshot: KeySetSnapshot { state.withLock { $0.snapshot } }
    public var counters: KeySetSourceCounters { state.withLock { $0.counters } }

    /// A token names a key that is not in the snapshot the caller has. From any thread; takes a lock for a moment.
    ///
    /// After `wait`, look again at the next snapshot, and only once: a key that is missing there is refused, or
    /// undecidable where the snapshot has a fault.
    ///
    /// - Parameter generation: of the caller's snapshot.
    public func refreshForUnknownKey(seen generation: UInt64) -> KeySetRefresh<KeySet>.UnknownKey {
        state.withLock { state in
            guard !state.isStopped else { return .undecidable }
            let wasRefreshing = state.refresh.isRefreshing
            let answer = state.refresh.unknownKey(seen: generation, at: Clock.monotonic)
            if !wasRefreshing, state.refresh.isRefreshing { state.timer?.set(at: state.refresh.nextDue) }
            return answer
        }
    }

    // MARK: On the outbound thread

    private func advance() {
        act { state, now in state.refresh.advance(to: now) }
    }

    /// Lets the state machine decide, keeps the timer, and does what was decided outside the lock.
    private func act(_ event: (inout State, UInt64) -> KeySetRefresh<KeySet>.Action) {
        let (action, snapshot) = state.withLock { state in
            guard !state.isStopped else { return (KeySetRefresh<KeySet>.Action(), state.snapshot) }
            let now = Clock.monotonic
            let action = event(&state, now)
            if action.publishes { KeySetSource.takeSnapshot(&state, at: now) }
            state.timer?.set(at: state.refresh.nextDue)
            return (action, state.snapshot)
        }
        if action.publishes { listener(index, snapshot) }
        if action.fetches { fetch() }
    }

    private static func takeSnapshot(_ state: inout State, at now: UInt64) {
        let keys = state.refresh.keys
        state.snapshot.keys = keys
        state.snapshot.isStale = state.refresh.isStale(at: now)
        state.snapshot.generation = state.refresh.generation
        state.snapshot.fetchedAt = keys == nil ? 0 : state.counters.lastSuccess
    }

    private func fetch() {
        switch settings.origin {
        case .keySet(let endpoint): fetchKeys(from: endpoint)
        case .issuer(let issuer):
            let known = state.withLock { $0.discovered }
            if let known, Clock.wallSeconds - known.at < KeySetSource.discoveryAgeMax {
                fetchKeys(from: known.endpoint)
            } else {
                discover(issuer)
            }
        }
    }

    private func discover(_ issuer: String) {
        let url = ProviderMetadata.url(ofIssuer: issuer)
        guard let endpoint = try? OutboundEndpoint(url, caFile: settings.caFile) else { return failed(.badMetadata) }
        get(endpoint, .discovery, bytesMax: KeySetSource.metadataBytesMax) { source, response in
            do throws(KeySetFetchFault) {
                let keySet = try ProviderMetadata.keySet(in: response.body, issuer: issuer, from: endpoint)
                source.state.withLock { $0.discovered = (keySet, Clock.wallSeconds) }
                source.fetchKeys(from: keySet)
            } catch {
                source.failed(error)
            }
        }
    }

    private func fetchKeys(from endpoint: OutboundEndpoint) {
        state.withLock { $0.counters.keySetRequests += 1 }
        get(endpoint, .keySet, bytesMax: KeySet.documentBytesMax) { source, response in
            do throws(KeySetFetchFault) {
                let keys = try source.read(response.body)
                source.succeeded(keys, response)
            } catch {
                source.failed(error)
            }
        }
    }

    private func read(_ document: [UInt8]) throws(KeySetFetchFault) -> KeySet {
        let keys: KeySet
        do { keys = try KeySet(jwks: document.span, algorithms: settings.algorithms) } catch {
            throw .badKeySet(error)
        }
        guard !keys.keys.isEmpty else { throw .noUsableKey }
        return keys
    }

    private func get(
        _ endpoint: OutboundEndpoint, _ document: KeySetFetchFault.Document, bytesMax: Int,
        then next: @escaping @Sendable (KeySetSource, OutboundResponse) -> Void
    ) {
        let request = OutboundRequest(
            .get, endpoint, fields: [.init("Accept", "application/json")], deadlineMillis: settings.deadlineMillis,
            answerBytesMax: bytesMax)
        client.send(request) { result in
            switch result {
            case .success(let response) where response.status == 200: next(self, response)
            case .success(let response): self.failed(.status(document, response.status))
            case .failure(let fault): self.failed(.unreached(document, fault))
            }
        }
    }

    private func succeeded(_ keys: KeySet, _ response: OutboundResponse) {
        let lifetime = CacheLifetime.seconds(
            cacheControl: response.field("cache-control"), age: response.field("age"))
        act { state, now in
            state.counters.succeeded += 1
            state.counters.lastSuccess = Clock.wallSeconds
            state.snapshot.fault = nil
            return state.refresh.fetched(keys, lifetime: lifetime, at: now, random: .random(in: 0...UInt64.max))
        }
    }

    private func failed(_ fault: KeySetFetchFault) {
        act { state, now in
            state.counters.failed += 1
            state.snapshot.fault = fault
            // The keys may have moved: ask again where they are.
            state.discovered = nil
            return state.refresh.failed(at: now, random: .random(in: 0...UInt64.max))
        }
    }
}
