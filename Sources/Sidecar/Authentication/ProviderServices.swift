import Configuration
import Credentials
import Outbound
import Synchronization

/// What providers need that outlives a configuration: the way out, the issuers' keys as they were fetched, and the
/// authenticators compiled in. One per process.
///
/// A reload that does not change how an issuer's keys are fetched keeps them: no token is undecidable for a reload.
final class ProviderServices: Sendable {
    let client = OutboundClient()
    let registry: AuthenticatorRegistry
    /// Nil where one request is explained and nobody reads a log.
    let log: ProviderLog?
    /// For their counters; nil where one request is explained.
    let secrets: SecretKeeper?
    private let state = Mutex(State())

    private struct State {
        var sources: [KeySetLocation: KeySetSource] = [:]
        var nextIndex = 0
        var listeners: [Int: @Sendable (Int) -> Void] = [:]
        var nextListener = 0
    }

    init(registry: AuthenticatorRegistry, log: ProviderLog? = nil, secrets: SecretKeeper? = nil) {
        self.registry = registry
        self.secrets = secrets
        self.log = log
    }

    /// Whom to tell when an issuer's keys have changed, or a fetch of them has ended: the source's index.
    ///
    /// - Returns: what `forget` wants.
    @discardableResult
    func tell(_ listener: @escaping @Sendable (Int) -> Void) -> Int {
        state.withLock { state in
            defer { state.nextListener += 1 }
            state.listeners[state.nextListener] = listener
            return state.nextListener
        }
    }

    /// Tells a listener no more.
    func forget(_ listener: Int) { state.withLock { $0.listeners[listener] = nil } }

    func keysChanged(_ index: Int) {
        for listener in state.withLock({ $0.listeners }).values { listener(index) }
    }

    /// The source for an issuer's keys, begun on first use.
    func source(_ issuer: IssuerSettings) throws -> KeySetSource {
        guard let location = KeySetLocation(issuer) else { throw StartupError("the issuer's keys are not fetched") }
        let settings = try location.settings
        let (source, isNew) = state.withLock { state -> (KeySetSource, Bool) in
            if let known = state.sources[location] { return (known, false) }
            let source = KeySetSource(index: state.nextIndex, settings: settings, client: client) { index, snapshot in
                self.log?.keys(index, snapshot)
                self.keysChanged(index)
            }
            state.nextIndex += 1
            state.sources[location] = source
            return (source, true)
        }
        if isNew { source.start() }
        return source
    }

    /// The sources in use, in the order they were begun.
    var keySets: [KeySetSource] { state.withLock { $0.sources.values.sorted { $0.index < $1.index } } }

    /// Stops the sources that a new configuration no longer has.
    func keep(_ issuers: [IssuerSettings]) {
        let kept = Set(issuers.compactMap(KeySetLocation.init))
        let dropped = state.withLock { state in
            let dropped = state.sources.filter { !kept.contains($0.key) }
            for key in dropped.keys { state.sources[key] = nil }
            return dropped.values
        }
        for source in dropped { source.stop() }
    }

    func close() {
        keep([])
        client.close()
    }
}

/// Where an issuer's keys are and how they are fetched: all that a source depends on.
struct KeySetLocation: Hashable, Sendable {
    private let address: String
    private let isIssuer: Bool
    private let algorithms: [SignatureAlgorithm]
    private let caFile: String?
    private let cooldownSeconds: Int
    private let staleSeconds: Int
    private let deadlineMilliseconds: Int

    /// Nil where the keys are in the configuration itself.
    init?(_ issuer: IssuerSettings) {
        switch issuer.keys {
        case .jwksURL(let url): (address, isIssuer) = (url, false)
        case .discovery(let issuer): (address, isIssuer) = (issuer, true)
        case .pem, .secret: return nil
        }
        algorithms = issuer.algorithms
        caFile = issuer.caFile
        cooldownSeconds = issuer.cooldownSeconds
        staleSeconds = issuer.staleSeconds
        deadlineMilliseconds = issuer.deadlineMilliseconds
    }

    var settings: KeySetSettings {
        get throws {
            KeySetSettings(
                origin: isIssuer ? .issuer(address) : .keySet(try OutboundEndpoint(address, caFile: caFile)),
                algorithms: algorithms, caFile: caFile, cooldownSeconds: cooldownSeconds,
                staleSeconds: staleSeconds, deadlineMillis: deadlineMilliseconds)
        }
    }
}
