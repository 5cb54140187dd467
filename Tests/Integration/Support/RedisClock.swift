/// A connection of the test's own to a Redis: reads its clock, and changes it.
final class RedisClock {
    private let connection: TCPConnection
    private let reader: HTTPReader

    init(port: UInt16) throws {
        connection = try TCPConnection(port: port)
        reader = HTTPReader(connection)
    }

    /// A reading, and the monotonic moments between which it was taken.
    struct Mark {
        /// Seconds since 1970 by Redis's TIME.
        var seconds: Double
        var before: Double
        var after: Double
    }

    func mark() throws -> Mark {
        let before = monotonicSeconds()
        try connection.send(Array("TIME\r\n".utf8))
        // An array of two bulk strings: seconds, then microseconds.
        let lines = try (0..<5).map { _ in try reader.line() }
        guard lines[0] == "*2", let seconds = Double(lines[2]), let micros = Double(lines[4]) else {
            throw HarnessFailure("not an answer to TIME: \(lines)")
        }
        return Mark(seconds: seconds + micros / 1e6, before: before, after: monotonicSeconds())
    }

    /// A command without blanks in its arguments, whose reply is one line and no error.
    func command(_ text: String) throws {
        try connection.send(Array("\(text)\r\n".utf8))
        let reply = try reader.line()
        guard reply.hasPrefix("+") || reply.hasPrefix(":") else { throw HarnessFailure("\(text): \(reply)") }
    }
}
