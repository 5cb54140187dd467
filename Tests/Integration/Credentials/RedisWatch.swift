import Foundation

/// Everything that anybody says to a Redis (MONITOR), and everything it holds.
final class RedisWatch: Sendable {
    private let heard = Shared<[UInt8]>([])
    private let connection: TCPConnection
    private let port: UInt16

    init(_ redis: Redis) throws {
        port = redis.port
        connection = try TCPConnection(port: redis.port, timeoutSeconds: 600)
        try connection.send(Array("MONITOR\r\n".utf8))
        let (heard, connection) = (heard, connection)
        Thread.detachNewThread {
            while let bytes = try? connection.receive(), !bytes.isEmpty { heard.update { $0 += bytes } }
        }
        guard eventually(within: 5, { !heard.current.isEmpty }) else { throw HarnessFailure("MONITOR is silent") }
    }

    deinit { connection.shutDown() }

    var commands: String { String(decoding: heard.current, as: UTF8.self) }

    /// Names and values of all keys, as text: whatever is printable in them stands there as it is.
    func contents(_ scratch: ScratchFolder) throws -> String {
        let script = """
            local all = {} \
            for _, key in ipairs(redis.call('KEYS', '*')) do \
            all[#all + 1] = key \
            local kind = redis.call('TYPE', key).ok \
            if kind == 'string' then all[#all + 1] = redis.call('GET', key) \
            elseif kind == 'hash' then all[#all + 1] = redis.call('HGETALL', key) \
            else all[#all + 1] = 'a ' .. kind end end \
            return all
            """
        let command = try Command("redis-cli", ["-p", "\(port)", "--no-raw", "EVAL", script, "0"], scratch: scratch)
        guard command.status == 0 else { throw HarnessFailure("redis-cli: \(command.errors)") }
        return command.output
    }
}
