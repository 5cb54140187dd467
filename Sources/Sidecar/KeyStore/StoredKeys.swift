import Bytes
import Configuration
import Credentials
import Domain

/// How far the keys of a store can be trusted.
enum KeyStanding: String, Sendable {
    /// There is no store.
    case none
    /// It has not been read yet.
    case loading
    case current
    /// It cannot be asked at the moment; what is known holds, and what is not known may be a new key.
    case apart
    /// It could not be asked for longer than `max_stale_seconds`: nothing that is known holds any more.
    case stale

    /// Whether a key that is not known might be good.
    var isDoubtful: Bool { self != .none && self != .current }
}

/// One worker's view of a key store: the keys all workers share, whom it has met of them, and when.
struct StoredKeys {
    enum Finding {
        case identified(Identity)
        case refused(Refusal)
        case unknown
        /// Nobody can say at the moment.
        case undecidable
    }

    private(set) var known = KnownKeys()
    private(set) var standing = KeyStanding.none
    private var met: CredentialCache<MetKey>
    private var used: [String: Int64] = [:]

    /// Keys remembered with their grants and headers, per worker; others are compiled anew when they are shown.
    static let metMax = 16_384
    /// Keys whose use waits to be noted, per worker; more are noted a minute later.
    static let usedMax = 4_096
    /// How exactly the last use is known.
    static let useSeconds: Int64 = 60

    init() { met = CredentialCache(capacity: StoredKeys.metMax) }

    mutating func install(_ known: KnownKeys, _ standing: KeyStanding) {
        self.known = known
        self.standing = standing
    }

    /// Grants and headers are another configuration's.
    mutating func forgetMet() { met.removeAll() }

    /// - Parameter remembers: whether `gate` is the one in force.
    mutating func judge(
        _ digest: Digest256, under gate: Gate, remembers: Bool, _ sha256: SHA256, at now: Int64
    ) -> Finding {
        if standing == .loading || standing == .stale { return .undecidable }
        guard let found = known.find(digest) else { return standing == .apart ? .undecidable : .unknown }
        if let reason = found.refusal(at: now) { return .refused(refusal(reason, found)) }
        if remembers, let key = met.find(digest, at: now), key.serial == found.serial {
            note(key, at: now)
            return .identified(key.identity)
        }
        // Lines are read when they come: one that cannot be read now is no key.
        guard let record = known.record(found) else { return .unknown }
        do throws(Refusal) {
            let key = MetKey(try gate.identify(Principal(record), sha256), found.serial)
            if remembers { met.remember(key, as: digest, until: .max, now: now) }
            note(key, at: now)
            return .identified(key.identity)
        } catch {
            return .refused(error)
        }
    }

    /// With whose key it was, for the audit.
    private func refusal(_ reason: DenyReason, _ found: KnownKeys.Found) -> Refusal {
        var refusal = Refusal(reason)
        refusal.principal = known.record(found).map { Principal($0) }
        return refusal
    }

    private mutating func note(_ key: MetKey, at now: Int64) {
        guard now >= key.noteAgainAt, let id = key.identity.principal.keyID else { return }
        guard used.count < StoredKeys.usedMax || used[id] != nil else { return }
        used[id] = now
        key.noteAgainAt = now + StoredKeys.useSeconds
    }

    /// The uses since the last call.
    mutating func takeUsed() -> [String: Int64] {
        if used.isEmpty { return [:] }
        defer { used = [:] }
        return used
    }
}

/// A stored key as one worker met it.
final class MetKey {
    let identity: Identity
    let serial: UInt64
    /// Seconds since 1970.
    var noteAgainAt: Int64 = 0

    init(_ identity: Identity, _ serial: UInt64) {
        self.identity = identity
        self.serial = serial
    }
}

extension Principal {
    /// As a key of the configuration: without a role it has `default`.
    convenience init(_ record: KeyRecord) {
        self.init(
            method: .apiKey, subject: record.subject ?? record.id, keyID: record.id, email: record.email,
            name: record.name, tenant: record.tenant, roles: record.roles.isEmpty ? ["default"] : record.roles,
            scopes: record.scopes, expiresAt: record.expiresAt)
    }
}
