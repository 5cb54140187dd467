import Bytes
import Configuration
import Credentials
import Domain
import Limits

/// Whose bucket of which limit, in the words people know them by → the bucket's key.
///
/// What a subject is depends on the limit's `per`: a subject (with `method` and `issuer` where several providers could
/// mean one), a key's id, a tenant, a role, an address, a route's name or path; and `-` for `global`.
struct BucketName {
    /// Why there is no such bucket, in a sentence.
    struct Fault: Error, CustomStringConvertible {
        /// The limit is not configured; else the name is not one.
        var isUnknownLimit = false
        var description: String
    }

    var limit: String
    var subject: String
    /// Who vouches for a subject, as `X-Auth-Method` says it; nil where only one could.
    var method: String?
    /// The issuer of a subject's tokens, as `X-Auth-Issuer` says it; nil where only one could.
    var issuer: String?

    /// The limit's place in the table, and the bucket's key.
    func resolve(under snapshot: Snapshot) throws(Fault) -> (limit: Int, key: BucketKey) {
        let limits = snapshot.limits.limits
        guard let index = limits.firstIndex(where: { $0.name == limit && $0.kind != .proof }) else {
            let known = limits.filter { $0.kind != .proof }.map(\.name).joined(separator: ", ")
            throw Fault(isUnknownLimit: true, description: "no limit is named \(limit); there are: \(known)")
        }
        let owner = try owner(of: limits[index].kind, snapshot)
        return (index, BucketKey(owner: owner, limit: limits[index].key))
    }

    private func owner(of kind: LimitKind, _ snapshot: Snapshot) throws(Fault) -> Digest128 {
        let sha256 = SHA256()
        switch kind {
        case .subject: return try subjectOwner(snapshot.settings.auth, sha256)
        case .key: return BucketOwner.owner("key", [subject], sha256)
        case .tenant: return BucketOwner.owner("tenant", [subject], sha256)
        case .role: return BucketOwner.owner("role", [subject], sha256)
        case .route: return BucketOwner.owner("route", [subject], sha256)
        case .global, .proof: return BucketOwner.owner("global", [""], sha256)
        case .address:
            guard let address = AddressParser.parse([UInt8](subject.utf8).span), address.isKnown else {
                throw Fault(description: "\(subject) is not an address")
            }
            return Authentication.owner(of: address.network, sha256)
        }
    }

    private func subjectOwner(_ auth: AuthSettings, _ sha256: SHA256) throws(Fault) -> Digest128 {
        let methods = auth.providers.map(\.name)
        guard let method = method ?? (methods.count == 1 ? methods[0] : nil) else {
            throw Fault(description: "say by method who vouches for \(subject): \(methods.joined(separator: ", "))")
        }
        let issuers = method == "jwt" ? auth.jwt?.issuers.compactMap(\.issuer) ?? [] : []
        guard issuers.count < 2 || issuer != nil else {
            throw Fault(description: "say by issuer whose token names \(subject): \(issuers.joined(separator: ", "))")
        }
        let only = method == "oauth2" ? auth.oauth2?.issuer : issuers.first
        let principal = Principal(
            method: AuthenticationMethod(rawValue: method), issuer: issuer ?? only, subject: subject)
        guard let owner = BucketOwner.subject(principal, sha256) else { throw Fault(description: "no subject") }
        return owner
    }
}
