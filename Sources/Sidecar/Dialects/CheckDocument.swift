import Bytes
import FoundationEssentials

/// The document of `POST /v1/check`:
/// `{"method":"POST","path":"/invoke?x=1","host":"…","address":"203.0.113.7","headers":{"x-api-key":"…"}}`.
///
/// `method` and `path` are required. A header's value is a string, or a list of them where it came more than once.
/// Unknown members are ignored, so that callers may send more than this version reads.
struct CheckDocument: Decodable {
    var method: String
    var path: String
    var host: String?
    var address: String?
    var headers: [String: Values]?

    struct Values: Decodable {
        var all: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let one = try? container.decode(String.self) {
                all = [one]
            } else {
                all = try container.decode([String].self)
            }
        }
    }

    /// Nil if the bytes are not such a document.
    init?(_ bytes: borrowing Span<UInt8>) {
        guard let document = try? JSONDecoder().decode(CheckDocument.self, from: Data(bytes.copy())) else { return nil }
        self = document
    }

    var namesHost: Bool { !(host ?? "").isEmpty }

    /// Framing is the document's own affair: these would only confuse the head made from it.
    private static let leftOut: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "expect", "upgrade", "te", "trailer",
    ]

    /// The same request as an HTTP/1.1 head, or nil if something in it could not stand in one.
    func requestHead() -> ByteWriter? {
        var writer = ByteWriter(reserving: 512)
        guard isLine(method), isLine(path), isLine(host ?? "") else { return nil }
        writer.write(text: "\(method) \(path) HTTP/1.1\r\nHost: \(namesHost ? host ?? "" : "unnamed")\r\n")
        for (name, values) in headers ?? [:] where !CheckDocument.leftOut.contains(name.lowercased()) {
            for value in values.all {
                guard isLine(name), isLine(value) else { return nil }
                writer.write(text: "\(name): \(value)\r\n")
            }
        }
        writer.write("\r\n")
        return writer
    }

    private func isLine(_ text: String) -> Bool { !text.utf8.contains { $0 == 0x0D || $0 == 0x0A || $0 == 0 } }
}
