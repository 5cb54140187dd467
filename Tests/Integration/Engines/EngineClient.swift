/// A blocking connection of the test's own to a Redis, Valkey or Sentinel: speaks RESP2.
final class EngineClient {
    private let connection: TCPConnection
    private let reader: HTTPReader

    init(port: UInt16, password: String? = nil, timeoutSeconds: Int = 5) throws {
        connection = try TCPConnection(port: port, timeoutSeconds: timeoutSeconds)
        reader = HTTPReader(connection)
        if let password { _ = try command(["AUTH", password]) }
    }

    /// An error reply is a reply here.
    func command(_ words: [String]) throws -> EngineReply {
        try send(words)
        return try reply()
    }

    func command(_ words: String...) throws -> EngineReply { try command(words) }

    func send(_ words: [String]) throws {
        var text = "*\(words.count)\r\n"
        for word in words { text += "$\(word.utf8.count)\r\n\(word)\r\n" }
        try connection.send(Array(text.utf8))
    }

    private func reply() throws -> EngineReply {
        let line = try reader.line()
        let rest = String(line.dropFirst())
        switch line.first {
        case "+": return .text(rest)
        case "-": return .failure(rest)
        case ":": return .number(Int(rest) ?? 0)
        case "$":
            guard let count = Int(rest), count >= 0 else { return .none }
            let bytes = try reader.bytes(count)
            _ = try reader.line()
            return .text(String(decoding: bytes, as: UTF8.self))
        case "*":
            return .list(try (0..<max(0, Int(rest) ?? 0)).map { _ in try reply() })
        default: throw HarnessFailure("not a reply: \(line)")
        }
    }
}

indirect enum EngineReply: Equatable {
    case text(String), failure(String), list([EngineReply]), none
    case number(Int)

    var number: Int? { if case .number(let value) = self { value } else { nil } }
    var text: String? { if case .text(let value) = self { value } else { nil } }
    var list: [EngineReply] { if case .list(let items) = self { items } else { [] } }

    /// The value of `name:value` in what INFO and CLUSTER INFO answer.
    func field(_ name: String) -> String? {
        guard let text else { return nil }
        let lines = text.split(whereSeparator: \.isNewline)
        return lines.first { $0.hasPrefix("\(name):") }.map { String($0.dropFirst(name.count + 1)) }
    }
}
