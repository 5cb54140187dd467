import Bytes
import Configuration
import Credentials
import Domain
import HTTPWire
import Limits
import Policy

/// The stages between a decoded request and its decision, in order and one way. A stage either ends the check with a
/// decision or hands it on; the limit store is the only one that may take its time.
struct Pipeline: ~Copyable {
    private let sha256 = SHA256()
    private var scratch = RouteScratch()

    /// Route → Principal → Permit → Charge.
    ///
    /// - Parameters:
    ///   - bytes: what the check's ranges lie in.
    ///   - wallSeconds: seconds since 1970, for keys that expire.
    /// - Returns: true if the check is ready to be spent, false if its decision is made.
    mutating func prepare(_ check: Check, _ bytes: borrowing Span<UInt8>, wallSeconds: Int64) -> Bool {
        if check.request.isPreflight, allowsPreflight(check) {
            check.principal = check.gate.snapshot.anonymous
            check.decision = .allow
            return false
        }
        do throws(DenyReason) {
            let match = try route(check, bytes)
            let principal = try authenticate(check, match, bytes, wallSeconds)
            try authorize(check, match, principal)
            charge(check, principal)
            return true
        } catch {
            check.decision = .deny(error)
            return false
        }
    }

    /// An uncharged allow for a preflight that carries no credential, where the configuration says so (gate.md 20).
    private func allowsPreflight(_ check: Check) -> Bool {
        check.gate.snapshot.settings.preflight == .allow && check.presented.carrier == .none
            && !check.presented.isAmbiguous
    }

    private mutating func route(
        _ check: Check, _ bytes: borrowing Span<UInt8>
    ) throws(DenyReason) -> RouteMatch {
        let request = check.request
        let result = check.gate.snapshot.routes.match(
            request.method, named: bytes.extracting(request.methodName.bounds),
            host: bytes.extracting(request.host.bounds), path: bytes.extracting(request.path.bounds),
            scratch: &scratch)
        switch result {
        case .success(let match):
            check.match = match
            return match
        case .failure(let fault):
            check.pathFault = fault
            throw .ambiguousPath
        }
    }

    private func authenticate(
        _ check: Check, _ match: RouteMatch, _ bytes: borrowing Span<UInt8>, _ wallSeconds: Int64
    ) throws(DenyReason) -> Int {
        let snapshot = check.gate.snapshot
        let principal: Int
        do throws(DenyReason) {
            principal = try check.gate.authenticate(
                check.presented, dialect: check.request.dialect, bytes, wallSeconds, sha256)
        } catch {
            // A bad credential on a public path is anonymous (gate.md 11).
            guard snapshot.isPublic(match) else { throw error }
            principal = snapshot.anonymous
        }
        check.principal = principal
        guard check.gate.identities.fits(principal) else { throw .identityTooLarge }
        return principal
    }

    private func authorize(_ check: Check, _ match: RouteMatch, _ principal: Int) throws(DenyReason) {
        let snapshot = check.gate.snapshot
        check.permit = try snapshot.authorizer.authorize(
            match, in: snapshot.routes, holding: snapshot.grants[principal]
        ).get()
    }

    /// Which buckets the permit spends from. An unknown address is charged to nobody (gate.md 6).
    private func charge(_ check: Check, _ principal: Int) {
        guard let permit = check.permit else { return }
        let snapshot = check.gate.snapshot
        let address = check.request.address.network
        let needsAddress = snapshot.plans.needsAddress && address.isKnown
        snapshot.plans.charge(
            check.spend, principal: principal, route: permit.route.map { snapshot.routes.routes[$0].owner },
            address: needsAddress ? owner(of: address) : nil, cost: permit.cost)
    }

    private func owner(of address: ClientAddress) -> Digest128 {
        let words: InlineArray<2, UInt64> = [address.high.bigEndian, address.low.bigEndian]
        return sha256.digest(kind: "address", words: words).prefix
    }
}
