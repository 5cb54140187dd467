import Bytes
import Configuration
import Credentials
import Domain
import HTTPWire
import Limits
import Policy

/// The stages between a decoded request and its decision, in order and one way. A stage ends the check with a
/// decision, hands it on, or has it wait for somebody else's answer, with which `Pipeline` goes on where it stopped.
///
/// Listed keys and remembered tokens wait for the limit store alone.
struct Pipeline: ~Copyable {
    enum Step {
        /// To be spent.
        case ready
        /// Its decision is made.
        case decided
        /// Its owner will be told.
        case waiting
    }

    let authentication: Authentication
    private let authorization: RemoteAuthorization
    private var scratch = RouteScratch()

    init(_ authentication: Authentication, _ authorization: RemoteAuthorization) {
        self.authentication = authentication
        self.authorization = authorization
    }

    /// Route → Principal → Permit → Charge.
    ///
    /// - Parameters:
    ///   - gate: the check's, here and below: handed on from stage to stage, because reading it from the check is two
    ///     atomic operations each time.
    ///   - bytes: what the check's ranges lie in.
    ///   - wallSeconds: seconds since 1970, for what expires.
    mutating func prepare(
        _ check: Check, under gate: Gate, _ bytes: borrowing Span<UInt8>, wallSeconds: Int64
    ) -> Step {
        if check.request.isPreflight, allowsPreflight(check, gate) {
            check.identity = gate.anonymous
            check.decision = .allow
            return .decided
        }
        do throws(DenyReason) {
            check.match = try route(check, gate, bytes)
        } catch {
            check.decision = .deny(error)
            return .decided
        }
        return identify(check, gate, bytes, wallSeconds)
    }

    /// The same check again, once an issuer's keys have come.
    func identify(_ check: Check, _ bytes: borrowing Span<UInt8>, _ wallSeconds: Int64) -> Step {
        identify(check, check.gate, bytes, wallSeconds)
    }

    private func identify(_ check: Check, _ gate: Gate, _ bytes: borrowing Span<UInt8>, _ wallSeconds: Int64) -> Step {
        switch authentication.judge(check, gate, bytes, at: wallSeconds) {
        case .identified(let identity): return go(on: check, gate, as: identity, bytes)
        case .refused(let refusal): return refuse(check, refusal, bytes)
        case .waiting: return .waiting
        }
    }

    /// The same check again, once somebody else has judged its credential.
    func goOn(
        _ check: Check, _ bytes: borrowing Span<UInt8>, _ wallSeconds: Int64,
        with answer: Result<VerifiedCredential, Refusal>
    ) -> Step {
        switch authentication.accept(answer, check, bytes, at: wallSeconds) {
        case .success(let identity): return go(on: check, check.gate, as: identity, bytes)
        case .failure(let refusal): return refuse(check, refusal, bytes)
        }
    }

    /// The same check again, once the authorization service has spoken: nil allows.
    func goOn(_ check: Check, afterAuthorization reason: DenyReason?) -> Step {
        if let reason {
            check.decision = .deny(reason)
            return .decided
        }
        if let identity = check.identity { charge(check, check.gate, identity) }
        return .ready
    }

    /// An uncharged allow for a preflight that carries no credential, where the configuration says so (gate.md 20).
    private func allowsPreflight(_ check: Check, _ gate: Gate) -> Bool {
        gate.snapshot.settings.preflight == .allow && check.presented.carrier == .none
            && !check.presented.isAmbiguous
    }

    private mutating func route(
        _ check: Check, _ gate: Gate, _ bytes: borrowing Span<UInt8>
    ) throws(DenyReason) -> RouteMatch {
        let request = check.request
        let result = gate.snapshot.routes.match(
            request.method, named: bytes.extracting(request.methodName.bounds),
            host: bytes.extracting(request.host.bounds), path: bytes.extracting(request.path.bounds),
            scratch: &scratch)
        switch result {
        case .success(let match): return match
        case .failure(let fault):
            check.pathFault = fault
            throw .ambiguousPath
        }
    }

    /// A bad credential on a public path is anonymous, and so is one that nobody can judge (gate.md 11).
    private func refuse(_ check: Check, _ refusal: Refusal, _ bytes: borrowing Span<UInt8>) -> Step {
        guard let match = check.match, check.gate.snapshot.isPublic(match) else {
            check.deny(refusal)
            return .decided
        }
        // Of a credential that counts for nothing, neither does the throttle's time to come back.
        check.report.clear()
        return go(on: check, check.gate, as: check.gate.anonymous, bytes)
    }

    /// - Parameter identity: the check's from here on.
    private func go(
        on check: Check, _ gate: Gate, as identity: consuming Identity, _ bytes: borrowing Span<UInt8>
    ) -> Step {
        let step = permit(check, gate, identity, bytes)
        check.identity = identity
        return step
    }

    private func permit(
        _ check: Check, _ gate: Gate, _ identity: Identity, _ bytes: borrowing Span<UInt8>
    ) -> Step {
        guard let match = check.match, identity.fits else {
            check.decision = .deny(.identityTooLarge)
            return .decided
        }
        let snapshot = gate.snapshot
        switch snapshot.authorizer.authorize(match, in: snapshot.routes, holding: identity.grants) {
        case .success(let permit): check.permit = permit
        case .failure(let reason):
            guard reason == .scopeMissing, let permit = permitNarrowly(check, identity, match, bytes) else {
                check.decision = .deny(reason)
                return .decided
            }
            check.permit = permit
        }
        if gate.providers.authorizer != nil, !snapshot.isPublic(match) {
            switch authorization.ask(check, identity, bytes) {
            case .waiting: return .waiting
            case .decided(let reason?):
                check.decision = .deny(reason)
                return .decided
            case .decided(nil): break
            }
        }
        charge(check, gate, identity)
        return .ready
    }

    /// Whoever holds no scope of a route may hold it for one segment of its path.
    private func permitNarrowly(
        _ check: Check, _ identity: Identity, _ match: RouteMatch, _ bytes: borrowing Span<UInt8>
    ) -> Permit? {
        let snapshot = check.gate.snapshot
        return snapshot.authorizer.authorizeNarrowly(
            match, in: snapshot.routes, holding: identity.principal.scopes,
            path: bytes.extracting(check.request.path.bounds))
    }

    /// Which buckets the permit spends from. An unknown address is charged to nobody (gate.md 6).
    private func charge(_ check: Check, _ gate: Gate, _ identity: Identity) {
        guard let permit = check.permit else { return }
        let snapshot = gate.snapshot
        let address = check.request.address.network
        let needsAddress = snapshot.plans.needsAddress && address.isKnown
        snapshot.plans.charge(
            check.spend, by: identity.plan, route: permit.route.map { snapshot.routes.routes[$0].owner },
            address: needsAddress ? authentication.owner(of: address) : nil, cost: permit.cost)
        // Most configurations have no slots and settle nothing.
        if !snapshot.limits.isPlain { price(check, permit) }
        if let proof = check.evidence.proofID, let limit = gate.proofLimit {
            snapshot.plans.charge(check.spend, proof: proof, limit: limit)
        }
    }

    /// The costs of slots and settled limits, and the id under which an allowed check will hold them: random, because
    /// whoever knows it may settle and release.
    private func price(_ check: Check, _ permit: Permit) {
        let plans = check.gate.snapshot.plans
        let route = check.gate.reservation.costs(of: permit.route)
        guard plans.price(check.spend, asked: check.reserved, route: route) else { return }
        var random = SystemRandomNumberGenerator()
        check.spend.ticketID = Digest128(high: random.next(), low: random.next())
    }
}
