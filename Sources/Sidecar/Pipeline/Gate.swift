package import Configuration
import Domain

/// A Snapshot with what the answers need rendered from it: immutable, shared by workers, swapped whole.
package final class Gate: Sendable {
    package let snapshot: Snapshot
    let decoder: CheckDecoder
    let identities: IdentityHeaders
    let policies: LimitPolicies
    let challenges: Challenges
    /// What a check may wait for Redis, for comparison with what its proxy waits; nil without Redis.
    let storeDeadlineMillis: Int?
    /// Header bytes that name what Envoy must always remove; see `EnvoyAnswer`.
    let removals: [UInt8]

    package init(_ snapshot: Snapshot) {
        self.snapshot = snapshot
        let keys = snapshot.settings.auth.apiKeys
        let hasCredentials = snapshot.settings.auth.mode == .apiKey
        decoder = CheckDecoder(
            addresses: ClientAddressReader(trustedProxies: snapshot.settings.trustedProxies),
            keyHeader: hasCredentials ? [UInt8](keys.header.lowercased().utf8) : nil,
            allowsBearer: hasCredentials && keys.allowBearer)
        identities = IdentityHeaders(snapshot)
        policies = LimitPolicies(snapshot)
        challenges = Challenges(snapshot.settings.auth)
        storeDeadlineMillis = snapshot.settings.redis?.deadlineMilliseconds
        removals = EnvoyAnswer.permanentRemovals(identities, keyHeader: hasCredentials ? keys.header : nil)
    }
}
