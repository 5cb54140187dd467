public import Bytes

/// The keys of one issuer: immutable, swapped whole when the issuer publishes others, used from every worker at once.
public struct KeySet: Sendable {
    public static let documentBytesMax = 1 << 20
    public static let keysMax = 256
    public static let pemKeysMax = 4
    /// Keys that are tried for a token that names none: each costs a verification.
    public static let candidatesMax = 4

    public let keys: [VerificationKey]
    /// Keys of the document that were left out, and why.
    public let skipped: [SkippedKey]
    /// Whether a token's `kid` chooses. The keys of a PEM and a secret have no name, so it says nothing about them.
    private let isNamed: Bool
    /// Positions in `keys` by `kid`.
    private let positions: [String: [Int]]

    /// No keys at all: every token is refused.
    public static let none = KeySet(keys: [], skipped: [], isNamed: true)

    private init(keys: [VerificationKey], skipped: [SkippedKey], isNamed: Bool) {
        self.keys = keys
        self.skipped = skipped
        self.isNamed = isNamed
        var positions: [String: [Int]] = [:]
        for (position, key) in keys.enumerated() {
            if let name = key.keyID { positions[name, default: []].append(position) }
        }
        self.positions = positions
    }

    /// A JWK Set (RFC 7517 section 5). A key that cannot be used is skipped and the others are taken; a set without any
    /// is a set too, with which every token is refused.
    public init(jwks: borrowing Span<UInt8>, algorithms: [SignatureAlgorithm]) throws(KeySetFault) {
        guard jwks.count <= KeySet.documentBytesMax else { throw .documentTooLarge }
        let entries = try KeySet.entries(jwks)
        guard entries.count <= KeySet.keysMax else { throw .tooManyKeys }
        var keys: [VerificationKey] = []
        var skipped: [SkippedKey] = []
        for (position, entry) in entries.enumerated() {
            do throws(KeySetFault) {
                guard let jwk = entry.object else { throw .badMember }
                let key = try VerificationKey(jwk: jwk, algorithms: algorithms.filter(\.isAsymmetric))
                guard
                    !keys.contains(where: { $0.keyID == key.keyID && $0.algorithm == key.algorithm && key.keyID != nil }
                    )
                else { throw .duplicateKeyID }
                keys.append(key)
            } catch {
                skipped.append(SkippedKey(position: position, keyID: entry.object?["kid"]?.text, fault: error))
            }
        }
        self.init(keys: keys, skipped: skipped, isNamed: true)
    }

    private static func entries(_ jwks: borrowing Span<UInt8>) throws(KeySetFault) -> [JSONValue] {
        let document: JSONValue
        do { document = try JSONParser.parse(jwks) } catch { throw .notJSON }
        guard let entries = document.object?["keys"]?.elements else { throw .notAKeySet }
        return entries
    }

    /// Public keys and certificates in PEM, up to `pemKeysMax`: two, so that a key can be changed without a gap.
    public init(pem: borrowing Span<UInt8>, algorithms: [SignatureAlgorithm]) throws(KeySetFault) {
        guard pem.count <= KeySet.documentBytesMax else { throw .documentTooLarge }
        var keys: [VerificationKey] = []
        for parts in try PEMKeys.read(pem) {
            let algorithm = try parts.algorithm(declared: nil, allowed: algorithms)
            keys.append(try VerificationKey(parts, algorithm, keyID: nil))
        }
        self.init(keys: keys, skipped: [], isNamed: false)
    }

    /// One shared secret, which serves the first HMAC algorithm listed.
    public init(secret: borrowing Span<UInt8>, algorithms: [SignatureAlgorithm]) throws(KeySetFault) {
        guard let algorithm = algorithms.first(where: { !$0.isAsymmetric }) else { throw .algorithmNotAllowed }
        self.init(
            keys: [try VerificationKey(secret: secret, algorithm: algorithm)], skipped: [], isNamed: false)
    }

    /// The one key for a token with this `kid` and `alg`; nil where there is none, or several without a name.
    public func key(id: String?, algorithm: SignatureAlgorithm) -> VerificationKey? {
        let candidates = candidates(id: id, algorithm: algorithm)
        return candidates.count == 1 ? candidates[0] : nil
    }

    /// The keys to try, at most `candidatesMax`; a token whose `kid` chooses has one at most.
    func candidates(id: String?, algorithm: SignatureAlgorithm) -> [VerificationKey] {
        guard isNamed, let id else {
            let all = keys.filter { $0.algorithm == algorithm }
            return all.count <= KeySet.candidatesMax ? all : []
        }
        return (positions[id] ?? []).map { keys[$0] }.filter {
            $0.algorithm == algorithm && $0.keyID?.isExactly(id) == true
        }
    }

    /// Whether the token's `kid` names a key of ours, of whatever algorithm: if so, fetching the keys again is no use.
    public func knows(id: String?) -> Bool {
        guard isNamed, let id else { return !keys.isEmpty }
        return positions[id]?.contains { keys[$0].keyID?.isExactly(id) == true } ?? false
    }

    /// Why there is no candidate: the key the token means serves another algorithm, or there is none to choose.
    func absence(id: String?, algorithm: SignatureAlgorithm) -> TokenFault {
        let isOther = knows(id: id) && !keys.contains { $0.algorithm == algorithm && (id == nil || !isNamed) }
        return isOther ? .keyAlgorithmMismatch : .unknownKey
    }

    /// Whether this key is still in the set: what it verified may be remembered no longer.
    public func contains(_ fingerprint: Digest256) -> Bool {
        keys.contains { $0.fingerprint == fingerprint }
    }
}
