import Foundation

/// A blocking client of a few lines, independent of the code under test: it shares neither hiredis nor NIO with it.
final class RedisClient {
    indirect enum Reply: Equatable {
        case text(String)
        case integer(Int64)
        case list([Reply])
        case null

        var text: String? { if case .text(let text) = self { text } else { nil } }
        var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
        var list: [Reply] { if case .list(let items) = self { items } else { [] } }
    }

    struct Failure: Error, CustomStringConvertible { var description: String }

    private let descriptor: Int32
    private var input: [UInt8] = []
    private var position = 0

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var wait = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            close(descriptor)
            throw Failure(description: "cannot connect")
        }
    }

    deinit { close(descriptor) }

    @discardableResult
    func callAsFunction(_ arguments: String...) throws -> Reply { try command(arguments.map { Array($0.utf8) }) }

    @discardableResult
    func command(_ arguments: [[UInt8]]) throws -> Reply {
        var bytes = Array("*\(arguments.count)\r\n".utf8)
        for argument in arguments { bytes += Array("$\(argument.count)\r\n".utf8) + argument + [13, 10] }
        return try raw(bytes)
    }

    /// One command that is RESP already.
    func raw(_ bytes: [UInt8]) throws -> Reply {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "cannot send") }
            sent += count
        }
        return try read()
    }

    private func read() throws -> Reply {
        let head = try line()
        let rest = String(head.dropFirst())
        switch head.first {
        case "+": return .text(rest)
        case "-": throw Failure(description: rest)
        case ":": return .integer(Int64(rest) ?? 0)
        case "$":
            guard let count = Int(rest), count >= 0 else { return .null }
            let bytes = try take(count + 2)
            return .text(String(decoding: bytes.dropLast(2), as: UTF8.self))
        case "*":
            guard let count = Int(rest), count >= 0 else { return .null }
            return .list(try (0..<count).map { _ in try read() })
        default: throw Failure(description: "not RESP")
        }
    }

    private func line() throws -> String {
        while true {
            if let end = input[position...].firstIndex(of: 10) {
                defer { position = end + 1 }
                return String(decoding: input[position..<(end - 1)], as: UTF8.self)
            }
            try fill()
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while input.count - position < count { try fill() }
        defer { position += count }
        return Array(input[position..<(position + count)])
    }

    private func fill() throws {
        if position > 65_536 {
            input.removeFirst(position)
            position = 0
        }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { throw Failure(description: "closed") }
        input += buffer[..<count]
    }
}
