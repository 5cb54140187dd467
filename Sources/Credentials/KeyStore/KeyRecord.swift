public import Bytes

/// What a key store holds of one key: who it stands for, and the digests it is shown by. Never the key itself.
///
/// A record changes by steps, each with the next `revision`; of two states of one record the later is the true one, so
/// replicas and a store that forgot can be brought together in any order. Revoking is the last step: where a store that
/// forgot it took others meanwhile, it is still the true one.
public struct KeyRecord: Sendable, Equatable {
    /// One text of the key: the newest, or one that rotation left alive for a while.
    public struct Version: Sendable, Equatable {
        public var digest: Digest256
        /// Seconds since 1970, here as everywhere.
        public var createdAt: Int64
        /// Set when a newer one has taken its place.
        public var expiresAt: Int64?

        public init(digest: Digest256, createdAt: Int64, expiresAt: Int64? = nil) {
            self.digest = digest
            self.createdAt = createdAt
            self.expiresAt = expiresAt
        }
    }

    public var id: String
    public var revision: Int64 = 1
    /// The id, unless it was said.
    public var subject: String?
    public var roles: [String] = []
    public var scopes: [String] = []
    public var tenant: String?
    public var email: String?
    public var name: String?
    public var description: String?
    public var createdAt: Int64
    public var expiresAt: Int64?
    public var revokedAt: Int64?
    /// The newest last; at least one, at most `versionsMax`.
    public var versions: [Version]

    /// Texts of one key that may be alive at once.
    public static let versionsMax = 4
    /// Records of one store.
    public static let recordsMax = 1_000_000

    public init(id: String, createdAt: Int64, versions: [Version]) {
        self.id = id
        self.createdAt = createdAt
        self.versions = versions
    }
}

/// Why a step cannot be taken.
public enum KeyFault: Error, Equatable, Sendable {
    case revoked, expired
    /// So many older texts are alive that another rotation would have to end one early.
    case tooManyVersions
}

extension KeyRecord {
    /// Whether it is the true one of two states of one record.
    func isLater(than other: KeyRecord) -> Bool {
        let (ends, ended) = (revokedAt != nil, other.revokedAt != nil)
        return ends == ended ? revision > other.revision : ends
    }

    public func isExpired(at now: Int64) -> Bool { expiresAt.map { now >= $0 } ?? false }

    /// A new text takes the newest's place, which stays good for `overlap` seconds; older ones end when they would.
    public mutating func rotate(to digest: Digest256, at now: Int64, overlap: Int64) throws(KeyFault) {
        if revokedAt != nil { throw .revoked }
        if isExpired(at: now) { throw .expired }
        var kept = versions.filter { ($0.expiresAt ?? .max) > now }
        if let newest = kept.indices.last {
            kept[newest].expiresAt = min(kept[newest].expiresAt ?? .max, now + overlap)
        }
        // One that ends this moment is kept, so that its digest is known to have ended wherever this record goes.
        guard kept.count < Self.versionsMax else { throw .tooManyVersions }
        versions = kept + [Version(digest: digest, createdAt: now)]
        revision += 1
    }

    /// All its texts, for good. False: it was already.
    public mutating func revoke(at now: Int64) -> Bool {
        if revokedAt != nil { return false }
        revokedAt = now
        revision += 1
        return true
    }
}
