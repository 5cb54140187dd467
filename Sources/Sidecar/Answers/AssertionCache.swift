import Bytes
import Configuration
import Credentials
import Domain

/// The signed identity header (`X-Auth-Assertion`): a short JWT by which an agent can verify who spoke, one per
/// identity and worker, signed anew when half its life is over, because a signature costs more than the rest of a
/// check.
struct AssertionCache: ~Copyable {
    private struct Entry {
        /// Held, so that the address that names it is nobody else's.
        var identity: Identity
        var token: [UInt8]
        /// Seconds since 1970 from which on a new one is signed.
        var freshUntil: Int64
    }

    private var entries: [ObjectIdentifier: Entry] = [:]
    private var gate: ObjectIdentifier?
    private(set) var signed: UInt64 = 0

    /// Identities remembered per worker; when there are more, all are forgotten and signed again as they come.
    private static let entriesMax = 4_096

    /// The compact JWS for this identity, or nil where none could be signed.
    ///
    /// - Parameter now: seconds since 1970.
    mutating func token(
        for identity: Identity, under gate: Gate, _ signer: AssertionSigner, _ settings: AssertionSettings,
        at now: Int64
    ) -> [UInt8]? {
        if self.gate != ObjectIdentifier(gate) {
            self.gate = ObjectIdentifier(gate)
            entries.removeAll(keepingCapacity: true)
        }
        let key = ObjectIdentifier(identity)
        if let entry = entries[key], now < entry.freshUntil { return entry.token }
        let claims = AssertionClaims.json(identity.principal, settings, at: now)
        guard let token = signer.sign(claims: claims.span) else { return nil }
        signed &+= 1
        if entries.count >= AssertionCache.entriesMax { entries.removeAll(keepingCapacity: true) }
        let life = max(1, Int64(settings.ttlSeconds) / 2)
        entries[key] = Entry(identity: identity, token: token, freshUntil: now + life)
        return token
    }
}

/// The claims of an assertion: the registered ones of RFC 7519, and the identity under the names of the headers.
enum AssertionClaims {
    static func json(_ principal: Principal, _ settings: AssertionSettings, at now: Int64) -> [UInt8] {
        var members: [(String, JSONValue)] = [("iss", .string(settings.issuer))]
        func add(_ name: String, _ value: String?) {
            if let value { members.append((name, .string(value))) }
        }
        func add(_ name: String, _ values: [String]) {
            if !values.isEmpty { members.append((name, .array(values.map { .string($0) }))) }
        }
        add("sub", principal.subject)
        add("aud", settings.audience)
        // Never beyond the credential that it stands for.
        let end = min(now + Int64(settings.ttlSeconds), max(principal.expiresAt ?? .max, now + 1))
        members.append(("iat", .number(JSONNumber(now))))
        members.append(("exp", .number(JSONNumber(end))))
        add("method", principal.method.rawValue)
        add("email", principal.email)
        add("name", principal.name)
        add("tenant_id", principal.tenant)
        add("key_id", principal.keyID)
        add("issuer", principal.issuer)
        add("roles", principal.roles)
        add("permissions", principal.permissions)
        add("scopes", principal.scopes)
        var writer = ByteWriter(reserving: 512)
        writer.write(JSONObject(members))
        return [UInt8](writer.bytes)
    }
}
