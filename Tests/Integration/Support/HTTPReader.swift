/// Reads HTTP/1.1 heads and bodies from a connection. For tests: it believes what it reads.
final class HTTPReader {
    private let connection: TCPConnection
    private var buffer: [UInt8] = []

    init(_ connection: TCPConnection) { self.connection = connection }

    /// The next head, or nil where the stream ends before one begins.
    func head() throws -> HTTPHead? {
        let blank: [UInt8] = Array("\r\n\r\n".utf8)
        while true {
            if let end = buffer.firstRange(of: blank) {
                let head = try HTTPHead(Array(buffer[..<end.lowerBound]))
                buffer.removeSubrange(..<end.upperBound)
                return head
            }
            let more = try connection.receive()
            if more.isEmpty {
                guard buffer.isEmpty else { throw HarnessFailure("the stream ended inside a head") }
                return nil
            }
            buffer += more
        }
    }

    /// Exactly `count` bytes.
    func bytes(_ count: Int) throws -> [UInt8] {
        while buffer.count < count {
            let more = try connection.receive()
            if more.isEmpty { throw HarnessFailure("the stream ended \(count - buffer.count) bytes early") }
            buffer += more
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    /// Up to the next line end, without it.
    func line() throws -> String {
        var line: [UInt8] = []
        while true {
            let byte = try bytes(1)[0]
            if byte == 0x0A { return String(decoding: line, as: UTF8.self) }
            if byte != 0x0D { line.append(byte) }
        }
    }

    /// The body that belongs to `head`; an answer without framing runs to the end of the stream.
    func body(of head: HTTPHead, untilClose: Bool) throws -> [UInt8] {
        if head["Transfer-Encoding"]?.lowercased() == "chunked" { return try chunkedBody() }
        if let length = head["Content-Length"].flatMap({ Int($0) }) { return try bytes(length) }
        guard untilClose else { return [] }
        while case let more = try connection.receive(), !more.isEmpty { buffer += more }
        defer { buffer = [] }
        return buffer
    }

    /// One chunk of a chunked body; empty for the last.
    func chunk() throws -> [UInt8] {
        let size = try line().split(separator: ";").first.flatMap { Int($0, radix: 16) }
        guard let size else { throw HarnessFailure("not a chunk size") }
        let bytes = try bytes(size)
        _ = try line()
        return bytes
    }

    private func chunkedBody() throws -> [UInt8] {
        var body: [UInt8] = []
        while case let next = try chunk(), !next.isEmpty { body += next }
        return body
    }
}
