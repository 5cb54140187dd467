import Bytes
package import Configuration
import Credentials
import Glibc

/// `postern keys`: what is done to the keys of a store, in one step each. A key's text leaves here once, in its report.
package struct KeyAdministration {
    /// What somebody asked for that cannot be.
    package struct Refusal: Error, CustomStringConvertible {
        package var description: String

        init(description: String) { self.description = description }

        package init(_ description: String) { self.description = description }
    }

    /// Who a key is to stand for.
    package struct Terms {
        package var id: String?
        package var subject: String?
        package var roles: [String] = []
        package var scopes: [String] = []
        package var tenant: String?
        package var description: String?
        /// Seconds since 1970.
        package var expiresAt: Int64?

        package init() {}
    }

    let storage: any KeyStorage
    /// What a key may have, and what no stored key may be called.
    let definedRoles: Set<String>
    let listedIDs: Set<String>
    let now: Int64

    /// Changes of one record that may cross ours before it is given up.
    private static let attemptsMax = 5

    /// - Throws: `Refusal` where the configuration has no store.
    package init(_ settings: Settings, now: Int64) throws {
        guard let store = settings.auth.apiKeys.store else {
            throw Refusal(description: "the configuration has no auth.api_keys.store")
        }
        self.now = now
        definedRoles = Set(settings.auth.roles.map(\.name)).union(["default"])
        listedIDs = Set(settings.auth.apiKeys.keys.map(\.id))
        storage = try settings.storage(of: store)
    }

    /// Seconds since 1970.
    package static func clock() -> Int64 { Int64(time(nil)) }

    package func close() { storage.close() }

    package func generate(_ terms: Terms) throws -> KeyReport {
        let id = terms.id ?? Self.freshID()
        let (key, digest) = Self.freshKey()
        var record = KeyRecord(id: id, createdAt: now, versions: [.init(digest: digest, createdAt: now)])
        (record.subject, record.roles, record.scopes) = (terms.subject, terms.roles, terms.scopes)
        (record.tenant, record.description, record.expiresAt) = (terms.tenant, terms.description, terms.expiresAt)
        try check(record)
        try create(record)
        return KeyReport(record: record, key: key, now: now)
    }

    package func rotate(_ id: String, overlap: Int64) throws -> KeyReport {
        let (key, digest) = Self.freshKey()
        let record = try change(id) { record in
            do throws(KeyFault) {
                try record.rotate(to: digest, at: now, overlap: overlap)
            } catch {
                throw Refusal(description: Self.words(for: error, id))
            }
            return true
        }
        return KeyReport(record: record, key: key, now: now)
    }

    /// For good. A key that was revoked before stays as it was.
    package func revoke(_ id: String) throws -> KeyReport {
        KeyReport(record: try change(id) { $0.revoke(at: now) }, now: now)
    }

    package func show(_ id: String) throws -> KeyReport {
        guard let record = try storage.record(id) else { throw Self.unknown(id) }
        return KeyReport(record: record, lastUsedAt: try storage.lastUse(of: [id])[id], now: now)
    }

    package func list() throws -> [KeyReport] {
        let records = try storage.records().sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
        let times = try storage.lastUse(of: records.map(\.id))
        return records.map { KeyReport(record: $0, lastUsedAt: times[$0.id], now: now) }
    }

    func create(_ record: KeyRecord) throws {
        switch try storage.put(record, over: nil) {
        case .done: return
        case .conflict: throw Refusal(description: "there is a key \(record.id) already")
        case .full: throw Refusal(description: "the store holds \(KeyRecord.recordsMax) keys, which is the most")
        }
    }

    /// - Parameter body: false leaves the record as it is.
    private func change(_ id: String, _ body: (inout KeyRecord) throws -> Bool) throws -> KeyRecord {
        for _ in 0..<Self.attemptsMax {
            guard let old = try storage.record(id) else { throw Self.unknown(id) }
            var record = old
            guard try body(&record) else { return old }
            if case .done = try storage.put(record, over: old) { return record }
        }
        throw Refusal(description: "the key \(id) is being changed by others; try again")
    }

    private static func unknown(_ id: String) -> Refusal {
        Refusal(description: KeyRecord.isID(id) ? "there is no key \(id)" : "that is no key's id")
    }

    private static func words(for fault: KeyFault, _ id: String) -> String {
        switch fault {
        case .revoked: "the key \(id) is revoked; generate another one"
        case .expired: "the key \(id) has expired; generate another one"
        case .tooManyVersions:
            "the key \(id) has \(KeyRecord.versionsMax) texts that are still good; wait until one has ended"
        }
    }

    private static func freshKey() -> (text: String, digest: Digest256) {
        var random = SystemRandomNumberGenerator()
        let text = KeyText.generate(using: &random)
        return (String(decoding: text, as: UTF8.self), SHA256().digest(text.span))
    }

    /// 60 bits in lower-case letters and digits.
    private static func freshID() -> String {
        let digits = Array("abcdefghijklmnopqrstuvwxyz234567")
        return "key-" + String((0..<12).map { _ in digits[Int.random(in: 0..<32)] })
    }
}
