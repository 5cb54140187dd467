import Foundation

/// The head of a request or an answer as it was on the wire: order, case and repetition kept.
struct HTTPHead: Sendable {
    var startLine: [String]
    var headers: [(name: String, value: String)]

    /// `bytes` end before the empty line.
    init(_ bytes: [UInt8]) throws {
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
        startLine = lines[0].split(separator: " ", maxSplits: 2).map(String.init)
        guard startLine.count >= 2 else { throw HarnessFailure("not a start line: \(lines[0])") }
        headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
            return (String(parts[0]), value)
        }
    }

    /// Every value of a header, in order, whatever the case of its name.
    func all(_ name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    subscript(name: String) -> String? { all(name).first }
}

/// An answer as a client of the proxy got it.
struct HTTPAnswer: Sendable {
    var head: HTTPHead
    var body: [UInt8]

    var status: Int { head.startLine.count > 1 ? Int(head.startLine[1]) ?? 0 : 0 }
    var text: String { String(decoding: body, as: UTF8.self) }
    subscript(name: String) -> String? { head[name] }

    /// The body as a JSON object; empty when it is not one.
    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
    }
}
