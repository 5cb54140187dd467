public import Bytes

// One record as one line of JSON: in a store, in a file, and in what `postern keys import` reads.
extension KeyRecord {
    /// A record's line. Every reply and every line is bounded by it.
    public static let bytesMax = 4_096
    public static let idBytesMax = 128
    static let rolesMax = 64
    static let scopesMax = 256

    public var json: [UInt8] {
        var writer = ByteWriter(reserving: 256)
        writer.write(JSONValue.object(object))
        return writer.withSpan { span in span.indices.map { span[$0] } }
    }

    public var object: JSONObject {
        var members: [(String, JSONValue)] = [("id", .string(id)), ("revision", .number(JSONNumber(revision)))]
        func add(_ key: String, _ text: String?) { if let text { members.append((key, .string(text))) } }
        func add(_ key: String, _ time: Int64?) { if let time { members.append((key, .number(JSONNumber(time)))) } }
        func add(_ key: String, _ words: [String]) {
            if !words.isEmpty { members.append((key, .array(words.map(JSONValue.string)))) }
        }
        add("subject", subject)
        add("roles", roles)
        add("scopes", scopes)
        add("tenant", tenant)
        add("email", email)
        add("name", name)
        add("description", description)
        add("created_at", createdAt)
        add("expires_at", expiresAt)
        add("revoked_at", revokedAt)
        members.append(("keys", .array(versions.map { .object($0.object) })))
        return JSONObject(members)
    }

    /// Nil for what is no record: another program's, one cut short, or one with a member nobody here knows, which
    /// might take away what this program would grant.
    public init?(json bytes: borrowing Span<UInt8>) {
        guard bytes.count <= Self.bytesMax, let value = try? JSONParser.parse(bytes, depthMax: 4),
            let object = value.object, object.members.allSatisfy({ Self.members.contains($0.key) }),
            let id = object["id"]?.text, Self.isID(id), let created = object["created_at"]?.time,
            let versions = object["keys"]?.elements?.compactMap({ $0.object.flatMap(Version.init) }),
            versions.count == object["keys"]?.elements?.count, (1...Self.versionsMax).contains(versions.count)
        else { return nil }
        self.init(id: id, createdAt: created, versions: versions)
        guard let revision = object["revision"]?.time,
            let roles = Self.words(object["roles"], atMost: Self.rolesMax),
            let scopes = Self.words(object["scopes"], atMost: Self.scopesMax),
            ["expires_at", "revoked_at"].allSatisfy({ object[$0] == nil || object[$0]?.time != nil })
        else { return nil }
        (self.revision, self.roles, self.scopes) = (revision, roles, scopes)
        (expiresAt, revokedAt) = (object["expires_at"]?.time, object["revoked_at"]?.time)
        (subject, tenant) = (object["subject"]?.text, object["tenant"]?.text)
        (email, name, description) = (object["email"]?.text, object["name"]?.text, object["description"]?.text)
    }

    private static let members: Set<String> = [
        "id", "revision", "subject", "roles", "scopes", "tenant", "email", "name", "description", "created_at",
        "expires_at", "revoked_at", "keys",
    ]

    /// What may name a key in a log line, a header and a command line.
    public static func isID(_ text: String) -> Bool {
        (1...idBytesMax).contains(text.utf8.count) && isWord(text) && !text.hasPrefix("-")
    }

    /// Printable ASCII without what separates or quotes: fit for a header's list.
    public static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 128
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x2C && $0 != 0x5C }
    }

    private static func words(_ value: JSONValue?, atMost limit: Int) -> [String]? {
        guard let value else { return [] }
        guard let elements = value.elements, elements.count <= limit else { return nil }
        let words = elements.compactMap(\.text)
        return words.count == elements.count && words.allSatisfy(isWord) ? words : nil
    }
}

extension KeyRecord.Version {
    fileprivate var object: JSONObject {
        var members: [(String, JSONValue)] = [
            ("sha256", .string(digest.hex)), ("created_at", .number(JSONNumber(createdAt))),
        ]
        if let expiresAt { members.append(("expires_at", .number(JSONNumber(expiresAt)))) }
        return JSONObject(members)
    }

    fileprivate init?(_ object: JSONObject) {
        guard object.members.allSatisfy({ ["sha256", "created_at", "expires_at"].contains($0.key) }),
            let text = object["sha256"]?.text, let digest = Digest256(hex: Array(text.utf8).span),
            let created = object["created_at"]?.time,
            object["expires_at"] == nil || object["expires_at"]?.time != nil
        else { return nil }
        self.init(digest: digest, createdAt: created, expiresAt: object["expires_at"]?.time)
    }
}

extension Digest256 {
    /// 64 lower-case hexadecimal digits.
    public var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension JSONValue {
    /// A whole number that is no less than 0.
    public var time: Int64? {
        guard case .number(let number) = self, let value = Int64(number.text), value >= 0 else { return nil }
        return value
    }
}
