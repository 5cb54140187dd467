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

    /// Adds every key of a document: a JSON array of objects, or one object a line, as `list --json` prints them.
    ///
    /// An object has an `id`, and `key`, `sha256` or the `keys` of a record; else what a record has. All are checked
    /// before the first is added. What is there already is left as it is.
    package func add(_ document: [UInt8]) throws -> Imported {
        let records = try Self.objects(document).enumerated().map { index, object in
            do {
                let record = try record(object)
                try check(record)
                return record
            } catch {
                throw Refusal(description: "entry \(index + 1): \(error)")
            }
        }
        guard Set(records.map(\.id)).count == records.count else {
            throw Refusal(description: "two entries have one id")
        }
        let digests = records.flatMap { $0.versions.map(\.digest) }
        guard Set(digests).count == digests.count else { throw Refusal(description: "two entries have one key") }
        var imported = Imported()
        for record in records {
            switch try storage.put(record, over: nil) {
            case .done: imported.added += 1
            case .full: throw Refusal(description: "the store holds \(KeyRecord.recordsMax) keys, which is the most")
            case .conflict:
                if try storage.record(record.id)?.isSame(as: record) == true {
                    imported.unchanged += 1
                } else {
                    imported.taken.append(record.id)
                }
            }
        }
        return imported
    }

    private static func objects(_ document: [UInt8]) throws -> [JSONObject] {
        if let elements = (try? JSONParser.parse(document.span))?.elements {
            let objects = elements.compactMap(\.object)
            if objects.count == elements.count { return objects }
        }
        return try document.split(separator: 0x0A).enumerated().compactMap { index, line in
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { return nil }
            guard let object = (try? JSONParser.parse(Array(line).span))?.object else {
                throw Refusal(description: "line \(index + 1) is no JSON object; a line or an array's element is a key")
            }
            return object
        }
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
