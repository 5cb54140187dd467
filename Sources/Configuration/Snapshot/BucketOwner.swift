public import Bytes
public import Credentials
public import Domain
import Limits

/// Whose a bucket is, as a digest of kind and name: what reaches Redis instead of anybody's identity (limits.md 7).
public enum BucketOwner {
    /// A principal is (method, issuer, subject): two subjects of one name from two providers are two (gate.md 9).
    public static func subject(_ principal: Principal, _ sha256: SHA256) -> Digest128? {
        principal.subject.map {
            owner("subject", [principal.method.rawValue, principal.issuer ?? "", $0], sha256)
        }
    }

    /// Whose buckets a principal spends from for one kind of limit; none where the kind does not apply to it.
    static func owners(of kind: LimitKind, _ principal: Principal, _ sha256: SHA256) -> [Digest128] {
        switch kind {
        case .subject: subject(principal, sha256).map { [$0] } ?? []
        case .key: principal.keyID.map { [owner("key", [$0], sha256)] } ?? []
        case .tenant: principal.tenant.map { [owner("tenant", [$0], sha256)] } ?? []
        case .role: principal.roles.map { owner("role", [$0], sha256) }
        case .global: [owner("global", [""], sha256)]
        case .address, .route, .proof: []
        }
    }

    /// Kind and parts, which NULs keep apart.
    public static func owner(_ kind: StaticString, _ parts: [String], _ sha256: SHA256) -> Digest128 {
        sha256.digest(kind: kind, value: [UInt8](parts.joined(separator: "\0").utf8).span).prefix
    }
}
