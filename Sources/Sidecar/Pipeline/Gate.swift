import Bytes
package import Configuration
import Credentials
import Domain
import Limits
import Policy

/// A Snapshot with what the answers need rendered from it: immutable, shared by workers, swapped whole.
package final class Gate: Sendable {
    package let snapshot: Snapshot
    let decoder: CheckDecoder
    /// In the order of the authenticator's keys.
    let listed: ContiguousArray<Identity>
    let anonymous: Identity
    let identityHeaders: IdentityHeaders
    let policies: LimitPolicies
    let challenges: Challenges
    let providers: Providers
    /// Everybody is anonymous: `auth.mode` is `none`.
    let isOpen: Bool
    /// What a check may wait for others, one after another, for comparison with what its proxy waits.
    let deadlineMillis: Int
    /// The limit that records used DPoP proofs; nil where none are taken.
    let proofLimit: Int?
    let reservation: Reservation
    /// Whether identities are signed: `response.assertion` is there.
    let signs: Bool

    /// - Parameter services: how to reach whoever else is asked; nil for a Gate that asks nobody.
    /// - Throws: for what only libcurl finds wrong with a URL.
    init(_ snapshot: Snapshot, services: ProviderServices?) throws {
        self.snapshot = snapshot
        let (auth, response) = (snapshot.settings.auth, snapshot.settings.response)
        isOpen = auth.mode == .none
        decoder = CheckDecoder(snapshot.settings)
        identityHeaders = IdentityHeaders(
            response.identityHeaders, carriers: decoder.carriers, assertion: response.assertion?.header)
        var identities: ContiguousArray<Identity> = []
        for principal in snapshot.principals {
            let (present, absence) = identityHeaders.render(principal.principal)
            identities.append(Identity(principal, present: present, absence: absence))
        }
        anonymous = identities.removeLast()
        listed = identities
        policies = LimitPolicies(snapshot)
        challenges = Challenges(auth)
        providers = try Providers(snapshot, services)
        deadlineMillis = snapshot.settings.deadlineMilliseconds
        reservation = Reservation(snapshot)
        signs = response.assertion != nil
        proofLimit = snapshot.limits.limits.firstIndex { $0.kind == .proof }
    }

    /// The identity of a principal that was learned while serving.
    func identify(_ principal: Principal, _ sha256: SHA256) throws(Refusal) -> Identity {
        guard let compiled = snapshot.compiler.compile(principal, sha256) else {
            throw Refusal(.identityTooLarge, fault: "too_many_limits")
        }
        let (present, absence) = identityHeaders.render(compiled.principal)
        return Identity(compiled, present: present, absence: absence)
    }
}

extension Settings {
    /// Whoever judges the credential, then who authorizes, then the limit store.
    fileprivate var deadlineMilliseconds: Int {
        let credential = [
            auth.jwt?.issuers.map(\.deadlineMilliseconds).max(), auth.oauth2?.deadlineMilliseconds,
            auth.external?.deadlineMilliseconds,
        ].compactMap(\.self).max()
        return (credential ?? 0) + (authorization?.deadlineMilliseconds ?? 0) + (redis?.deadlineMilliseconds ?? 0)
    }
}

extension Snapshot {
    func isPublic(_ match: RouteMatch) -> Bool {
        guard case .route(let index) = match else { return false }
        return routes.routes[index].isPublic
    }
}
