package import Configuration
import Domain

/// A Snapshot with what the answers need rendered from it: immutable, shared by workers, swapped whole.
package final class Gate: Sendable {
    package let snapshot: Snapshot
    let decoder: CheckDecoder
    let identities: IdentityHeaders
    let policies: LimitPolicies
    let challenges: Challenges
    /// Everybody is anonymous: `auth.mode` is `none`.
    let isOpen: Bool
    /// What a check may wait for Redis, for comparison with what its proxy waits; nil without Redis.
    let storeDeadlineMillis: Int?

    package init(_ snapshot: Snapshot) {
        self.snapshot = snapshot
        let keys = snapshot.settings.auth.apiKeys
        let hasCredentials = snapshot.settings.auth.mode == .apiKey
        isOpen = snapshot.settings.auth.mode == .none
        decoder = CheckDecoder(
            addresses: ClientAddressReader(trustedProxies: snapshot.settings.trustedProxies),
            keyHeader: hasCredentials ? [UInt8](keys.header.lowercased().utf8) : nil,
            allowsBearer: hasCredentials && keys.allowBearer)
        identities = IdentityHeaders(snapshot, keyHeader: hasCredentials ? keys.header : nil)
        policies = LimitPolicies(snapshot)
        challenges = Challenges(snapshot.settings.auth)
        storeDeadlineMillis = snapshot.settings.redis?.deadlineMilliseconds
    }
}
