import Bytes
import Configuration
import Credentials

// Keys that were made elsewhere.
extension KeyAdministration {
    package struct Imported {
        package var added = 0
        /// Were there already, exactly as they came.
        package var unchanged = 0
        /// Are there already, and are others.
        package var taken: [String] = []

        package var json: String {
            var writer = ByteWriter()
            writer.write(
                JSONObject([
                    ("added", .number(JSONNumber(Int64(added)))), ("unchanged", .number(JSONNumber(Int64(unchanged)))),
                    ("taken", .array(taken.map(JSONValue.string))),
                ]))
            return writer.withSpan { $0.text() }
        }
    }

    /// Shorter keys can be guessed by asking (gate.md 10).
    private static let keyBytesMin = 16
    private static let keyBytesMax = 4_096

    /// Faults of a document that are told; of more the number.
    private static let faultsMax = 10

    /// Adds every key of a document: a JSON array of objects, or one object a line, as `list --json` prints them.
    ///
    /// An object has an `id`, and `key`, `sha256` or the `keys` of a record; else what a record has. All are checked
    /// before the first is added. What is there already is left as it is, so an import may be repeated.
    package func add(_ document: [UInt8]) throws -> Imported {
        let records = try records(ImportedDocument(document))
        var imported = Imported()
        for start in stride(from: 0, to: records.count, by: storage.addedMax) {
            let batch = records[start..<min(start + storage.addedMax, records.count)]
            do {
                try count(zip(batch, try storage.add(batch)), &imported)
            } catch let fault where start > 0 {
                let done = "added \(imported.added) keys before; the same import can be repeated and goes on there"
                if fault is Refusal { throw Refusal(description: "\(fault); \(done)") }
                throw StartupError("\(fault); \(done)")
            }
        }
        return imported
    }

    private func count(_ outcomes: some Sequence<(KeyRecord, KeyPut)>, _ imported: inout Imported) throws {
        for (record, outcome) in outcomes {
            switch outcome {
            case .done: imported.added += 1
            case .full: throw Refusal(description: "the store holds \(KeyRecord.recordsMax) keys, which is the most")
            case .conflict(let present):
                if present?.isSame(as: record) == true {
                    imported.unchanged += 1
                } else {
                    imported.taken.append(record.id)
                }
            }
        }
    }

    /// - Throws: all that is wrong, each with its place.
    private func records(_ document: ImportedDocument) throws -> [KeyRecord] {
        var (records, faults): ([KeyRecord], [String]) = ([], [])
        var (ids, digests): ([String: Int], [Digest256: Int]) = ([:], [:])
        for (number, object) in document.entries {
            do {
                let record = try record(object.get())
                try check(record)
                if let first = ids.updateValue(number, forKey: record.id) {
                    throw Refusal(description: "the id \(record.id) is that of \(document.unit) \(first)")
                }
                for version in record.versions {
                    guard let first = digests.updateValue(number, forKey: version.digest) else { continue }
                    throw Refusal(description: "the key is that of \(document.unit) \(first)")
                }
                records.append(record)
            } catch {
                faults.append("\(document.unit) \(number): \(error)")
            }
        }
        if faults.isEmpty { return records }
        let told = faults.prefix(Self.faultsMax).joined(separator: "\n")
        let rest = faults.count > Self.faultsMax ? "\nand \(faults.count - Self.faultsMax) more" : ""
        throw Refusal(description: "\(told)\(rest)\nnothing was added")
    }

    /// The record an object stands for. What only reports have is passed over; times may be spelled as people do.
    private func record(_ object: JSONObject) throws -> KeyRecord {
        let reported: Set<String> = ["status", "last_used_at", "key", "sha256"]
        var members: [(String, JSONValue)] = object.members.compactMap { member in
            if reported.contains(member.key) { return nil }
            guard member.key == "expires_at", let text = member.value.text else { return (member.key, member.value) }
            // What cannot be read is refused with the record.
            return (member.key, KeyTime.moment(text, now: now).map { .number(JSONNumber($0)) } ?? member.value)
        }
        for (key, value) in [("revision", Int64(1)), ("created_at", now)] where object[key] == nil {
            members.append((key, .number(JSONNumber(value))))
        }
        if object["keys"] == nil { members.append(("keys", .array([.object(try version(object))]))) }
        var writer = ByteWriter()
        writer.write(JSONObject(members))
        guard let record = writer.withSpan({ KeyRecord(json: $0) }) else {
            throw Refusal(description: "it is no key; see docs/keys.md for what one may hold")
        }
        return record
    }

    private func version(_ object: JSONObject) throws -> JSONObject {
        var digest = object["sha256"]?.text
        if let key = object["key"]?.text {
            let bytes = Array(key.utf8)
            guard digest == nil, (Self.keyBytesMin...Self.keyBytesMax).contains(bytes.count),
                bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2C }), !KeyText.isMistyped(bytes.span)
            else {
                throw Refusal(
                    description: "its key must be \(Self.keyBytesMin) bytes or more of printable ASCII without commas, "
                        + "with a right checksum where it begins as ours, and without a sha256 beside it")
            }
            digest = SHA256().digest(bytes.span).hex
        }
        guard let digest else { throw Refusal(description: "it needs a key, a sha256 or the keys of a record") }
        return JSONObject([("sha256", .string(digest)), ("created_at", .number(JSONNumber(now)))])
    }
}

extension KeyRecord {
    /// But for when it was made, which an import without it cannot say twice in the same way.
    fileprivate func isSame(as other: KeyRecord) -> Bool {
        var copy = other
        copy.createdAt = createdAt
        guard copy.versions.count == versions.count else { return false }
        for index in versions.indices { copy.versions[index].createdAt = versions[index].createdAt }
        return copy == self
    }
}
