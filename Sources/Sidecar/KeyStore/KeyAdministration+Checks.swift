import Configuration
import Credentials

// What a record must be before it is stored.
extension KeyAdministration {
    /// - Throws: `Refusal` for what no server would take, or would take for something else.
    func check(_ record: KeyRecord) throws {
        guard KeyRecord.isID(record.id) else { throw Refusal(description: Self.wordRule("an id")) }
        for role in record.roles where !KeyRecord.isWord(role) { throw Refusal(description: Self.wordRule("a role")) }
        for scope in record.scopes where !KeyRecord.isWord(scope) {
            throw Refusal(description: Self.wordRule("a scope"))
        }
        for role in record.roles where !definedRoles.contains(role) {
            let advice = Spelling.nearest(to: role, among: definedRoles.sorted()).map { "did you mean \($0)?" }
            throw Refusal(
                description: "the role \(role) is not defined in auth.roles; \(advice ?? "it would grant nothing")")
        }
        for (name, text, most) in [
            ("subject", record.subject, 128), ("tenant", record.tenant, 128), ("email", record.email, 320),
            ("name", record.name, 256), ("description", record.description, 512),
        ] {
            guard let text else { continue }
            let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            guard !text.isEmpty, text.utf8.count <= most, isPlain else {
                throw Refusal(
                    description: "\(name) must be 1 to \(most) bytes without control characters")
            }
        }
        if let expiry = record.expiresAt, expiry <= now { throw Refusal(description: "it would have expired already") }
        guard KeyRecord(json: record.json.span) == record else {
            throw Refusal(description: "the key's record is larger than \(KeyRecord.bytesMax) bytes")
        }
        if listedIDs.contains(record.id) {
            throw Refusal(description: "the configuration lists a key \(record.id) already")
        }
    }

    private static func wordRule(_ what: String) -> String {
        "\(what) may hold up to 128 characters of printable ASCII without spaces, commas, quotes and backslashes"
    }
}
