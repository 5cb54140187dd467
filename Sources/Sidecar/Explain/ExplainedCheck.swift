import Bytes
import Configuration
import Credentials
import Domain
import HTTPWire
import Limits
import NIOCore

/// One check through the real pipeline, on a loop of its own, with a note for every stage. Whoever has to be asked is
/// asked; limits are judged by an empty memory store, so nothing is spent anywhere.
final class ExplainedCheck: CheckOwner {
    struct Result: Sendable {
        var lines: [(stage: String, finding: String)] = []
        var answer = ""
        var isAllowed = false
        /// The stage that refused; nil where none did.
        var stopped: String?
    }

    private let bytes: [UInt8]
    private let request: Explanation.Request
    private let promise: EventLoopPromise<Result>
    private let store: LimitEngine
    private var pipeline: Pipeline
    private var exchange = AnswerEncoder.Exchange(dialect: .envoy)
    private var check: Check!
    private var result = Result()
    private var head = RequestHead()
    /// While it waits nobody else holds it.
    private var untilDone: ExplainedCheck?

    init(
        _ bytes: [UInt8], _ request: Explanation.Request, _ gate: Gate, _ services: ProviderServices,
        _ stored: (known: KnownKeys, standing: KeyStanding), on eventLoop: any EventLoop
    ) {
        self.bytes = bytes
        self.request = request
        promise = eventLoop.makePromise()
        store = .memory(MemoryStore(capacity: 1_024))
        let failures = FailureThrottle(gate.snapshot.settings.auth.failedCredentials, store: store)
        let authentication = Authentication(eventLoop: eventLoop, gate, throttle: failures, coldChecksMax: 1)
        authentication.install(stored.known, stored.standing)
        pipeline = Pipeline(authentication, RemoteAuthorization(eventLoop: eventLoop, gate, coldChecksMax: 1))
        check = Check(gate: gate, owner: self)
        let bound = NIOLoopBound(authentication, eventLoop: eventLoop)
        let listener = services.tell { index in eventLoop.execute { bound.value.keysChanged(index) } }
        // The services may be those of a process that serves on.
        promise.futureResult.whenComplete { _ in services.forget(listener) }
    }

    func run() -> EventLoopFuture<Result> {
        untilDone = self
        check.begin(check.gate, at: Clock.monotonic())
        exchange.wallSeconds = Clock.wallSeconds()
        exchange.isHead = request.method == "HEAD"
        var parser = HeadParser()
        let bytes = bytes
        guard case .complete = parser.parse(bytes.span, into: &head) else {
            note("request", "not a request: \(Findings.refusal(bytes))")
            check.decision = .deny(.malformedRequest)
            finish()
            return promise.futureResult
        }
        let loopback = ClientAddress(ipv4: 0x7F00_0001)
        let selection = DialectSelection(dialect: .envoy, prefixLength: 0)
        if let reason = check.gate.decoder.decode(
            head, bytes.span, selection, peer: loopback, under: check.gate, into: check)
        {
            check.decision = .deny(reason)
        }
        check.request.address = request.address.flatMap { AddressParser.parse([UInt8]($0.utf8).span) } ?? .unknown
        note("request", Findings.request(check, bytes))
        note("credential", Findings.credential(check))
        if check.decision == nil {
            take(pipeline.prepare(check, under: check.gate, bytes.span, wallSeconds: exchange.wallSeconds))
        } else {
            finish()
        }
        return promise.futureResult
    }

    private func take(_ step: Pipeline.Step) {
        switch step {
        case .waiting: return
        case .decided:
            noteStages()
            finish()
        case .ready:
            noteStages()
            note("charges", Findings.charges(check))
            if check.spend.charges.isEmpty {
                check.decision = .allow
            } else {
                _ = store.spend(check.spend, at: Clock.monotonic())
                Verdict.fold(check)
                note("limits", Findings.limits(check))
            }
            finish()
        }
    }

    private func noteStages() {
        note("route", Findings.route(check))
        note("principal", Findings.principal(check))
        note("permit", Findings.permit(check))
    }

    private func finish() {
        note("decision", Findings.decision(check))
        result.isAllowed = check.decision == .allow
        result.stopped = Findings.stopped(check)
        var writer = ByteWriter()
        var encoder = AnswerEncoder()
        let bytes = bytes
        encoder.write(check, exchange, bytes.span, to: &writer)
        result.answer = writer.withSpan { $0.text() }
        promise.succeed(result)
        untilDone = nil
    }

    private func note(_ stage: String, _ finding: String) { result.lines.append((stage, finding)) }

    // The memory store answers at once.
    func storeAnswered() {}

    func credentialAnswered(_ answer: Swift.Result<VerifiedCredential, Refusal>) {
        let bytes = bytes
        take(pipeline.goOn(check, bytes.span, Clock.wallSeconds(), with: answer))
    }

    func keysAnswered() {
        let bytes = bytes
        take(pipeline.identify(check, bytes.span, Clock.wallSeconds()))
    }

    func authorizationAnswered(_ answer: DenyReason?) { take(pipeline.goOn(check, afterAuthorization: answer)) }
}
