import Bytes
import Credentials
import Glibc

/// One key as it is shown: for people, and as JSON for scripts.
package struct KeyReport {
    let record: KeyRecord
    /// The key itself, where it was made just now: shown once.
    var key: String?
    var lastUsedAt: Int64?
    let now: Int64

    init(record: KeyRecord, key: String? = nil, lastUsedAt: Int64? = nil, now: Int64) {
        self.record = record
        self.key = key
        self.lastUsedAt = lastUsedAt
        self.now = now
    }

    package var id: String { record.id }
    package var newKey: String? { key }

    /// `active`, `rotating`, `expired` or `revoked`.
    package var status: String {
        if record.revokedAt != nil { return "revoked" }
        if record.isExpired(at: now) { return "expired" }
        return record.versions.dropLast().contains { ($0.expiresAt ?? .max) > now } ? "rotating" : "active"
    }

    /// One line: the record as it is stored, its status, and what else is known.
    package var json: String {
        var members: [(String, JSONValue)] = [("id", .string(record.id))]
        if let key { members.append(("key", .string(key))) }
        members.append(("status", .string(status)))
        members += record.object.members.dropFirst().map { ($0.key, $0.value) }
        if let lastUsedAt { members.append(("last_used_at", .number(JSONNumber(lastUsedAt)))) }
        var writer = ByteWriter()
        writer.write(JSONObject(members))
        return writer.withSpan { $0.text() }
    }

    /// Several lines, without the key.
    package var words: String {
        var lines: [(String, String)] = [("id", record.id), ("status", status)]
        func add(_ name: String, _ text: String?) { if let text { lines.append((name, text)) } }
        add("subject", record.subject ?? record.id)
        add("roles", record.roles.isEmpty ? "default" : record.roles.joined(separator: ", "))
        add("scopes", record.scopes.isEmpty ? nil : record.scopes.joined(separator: ", "))
        add("tenant", record.tenant)
        add("email", record.email)
        add("name", record.name)
        add("description", record.description)
        add("created", Self.time(record.createdAt))
        add("expires", record.expiresAt.map(Self.time))
        add("revoked", record.revokedAt.map(Self.time))
        add("last used", lastUsedAt.map(Self.time))
        for version in record.versions.dropLast() {
            let end = version.expiresAt ?? now
            add("old key", end > now ? "good until \(Self.time(end))" : "ended \(Self.time(end))")
        }
        return lines.map { $0.0 + String(repeating: " ", count: 13 - $0.0.count) + $0.1 }.joined(separator: "\n")
    }

    /// RFC 3339, in UTC.
    static func time(_ seconds: Int64) -> String {
        var (seconds, parts) = (Int(seconds), tm())
        gmtime_r(&seconds, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
            + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
    }

    /// A table of many, with a line that names its columns.
    package static func table(_ reports: [KeyReport]) -> String {
        let rows = [["ID", "STATUS", "ROLES", "EXPIRES", "LAST USED", "DESCRIPTION"]] + reports.map(\.row)
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, text in
                column == row.count - 1 ? text : text + String(repeating: " ", count: widths[column] - text.count)
            }
            return cells.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    private var row: [String] {
        [
            record.id, status, record.roles.isEmpty ? "default" : record.roles.joined(separator: ","),
            record.expiresAt.map(Self.time) ?? "never", lastUsedAt.map(Self.time) ?? "-", record.description ?? "",
        ]
    }
}
