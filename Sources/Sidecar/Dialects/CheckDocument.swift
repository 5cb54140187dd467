import Bytes

/// The document of `POST /v1/check`:
/// `{"method":"POST","path":"/invoke?x=1","host":"…","address":"203.0.113.7","headers":{"x-api-key":"…"},
/// "reserve":1200}`.
///
/// `method` and `path` are required. A header's value is a string, or a list of them where it came more than once.
/// Unknown members are ignored, so that callers may send more than this version reads; a member that occurs twice makes
/// the document none, for nobody could say which one the agent will go by.
struct CheckDocument {
    var method: String
    var path: String
    var host: String?
    var address: String?
    var headers: [(name: String, values: [String])] = []
    /// What settled limits are to be charged for now: a number, or an object of them by limit.
    var reserve: JSONValue?

    /// Nil if the bytes are not such a document.
    init?(_ bytes: borrowing Span<UInt8>) {
        guard let document = try? JSONParser.parse(bytes), let members = document.object,
            let method = members["method"]?.text, let path = members["path"]?.text
        else { return nil }
        self.method = method
        self.path = path
        reserve = members["reserve"].flatMap { $0 == .null ? nil : $0 }
        do throws(WrongType) {
            host = try CheckDocument.optional(members["host"])
            address = try CheckDocument.optional(members["address"])
            headers = try CheckDocument.headers(members["headers"])
        } catch {
            return nil
        }
    }

    private struct WrongType: Error {}

    private static func optional(_ value: JSONValue?) throws(WrongType) -> String? {
        guard let value, value != .null else { return nil }
        guard let text = value.text else { throw WrongType() }
        return text
    }

    private static func headers(_ value: JSONValue?) throws(WrongType) -> [(name: String, values: [String])] {
        guard let value, value != .null else { return [] }
        guard let members = value.object?.members else { throw WrongType() }
        var headers: [(name: String, values: [String])] = []
        for member in members {
            let values = member.value.text.map { [$0] } ?? member.value.elements?.compactMap(\.text) ?? []
            guard member.value.text != nil || values.count == member.value.elements?.count else { throw WrongType() }
            headers.append((member.key, values))
        }
        return headers
    }

    var namesHost: Bool { !(host ?? "").isEmpty }

    /// Framing is the document's own affair: these would only confuse the head made from it.
    private static let leftOut: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "expect", "te", "trailer",
    ]

    /// The same request as an HTTP/1.1 head, or nil if something in it could not stand in one.
    func requestHead() -> ByteWriter? {
        var writer = ByteWriter(reserving: 512)
        guard isLine(method), isLine(path), isLine(host ?? "") else { return nil }
        writer.write(text: "\(method) \(path) HTTP/1.1\r\nHost: \(namesHost ? host ?? "" : "unnamed")\r\n")
        for (name, values) in headers where !CheckDocument.leftOut.contains(name.lowercased()) {
            for value in values {
                guard isLine(name), isLine(value) else { return nil }
                writer.write(text: "\(name): \(value)\r\n")
            }
        }
        writer.write("\r\n")
        return writer
    }

    private func isLine(_ text: String) -> Bool { !text.utf8.contains { $0 == 0x0D || $0 == 0x0A || $0 == 0 } }
}
