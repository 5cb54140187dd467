/// `redis://[user[:password]@]host[:port][/db]`, `rediss://…` or `unix:/path`, with percent-encoding in the user info.
struct RedisURL {
    /// In words that follow "`url`", and that repeat nothing of it: a password may be anywhere in a wrong one.
    struct Fault: Error, Equatable {
        var reason: String
    }

    var node: RedisSettings.Node
    var isTLS = false
    var database = 0
    var username: String?
    var password: Secret?

    init(_ text: String) throws(Fault) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard path.hasPrefix("/"), !path.contains("?"), path.utf8.count <= EndpointNotation.maxUnixPathBytes else {
                throw Fault(reason: "must have an absolute path of at most 107 bytes after `unix:`, and nothing else")
            }
            node = .unix(path: "/" + path.drop { $0 == "/" })
            return
        }
        let (isTLS, rest) = try Self.scheme(text)
        self.isTLS = isTLS
        guard !rest.contains("?"), !rest.contains("#") else {
            throw Fault(reason: "has options; write them as keys of `redis`")
        }
        let at = rest.lastIndex(of: "@")
        let place = at.map { rest[rest.index(after: $0)...] } ?? rest
        node = .unix(path: "/")
        if let at { (username, password) = try Self.userInfo(rest[..<at]) }
        let slash = place.firstIndex(of: "/")
        node = try Self.node(place[..<(slash ?? place.endIndex)])
        if let slash { database = try Self.database(place[place.index(after: slash)...]) }
    }

    private static func scheme(_ text: String) throws(Fault) -> (isTLS: Bool, rest: Substring) {
        if text.hasPrefix("redis://") { return (false, text.dropFirst(8)) }
        if text.hasPrefix("rediss://") { return (true, text.dropFirst(9)) }
        let scheme = text.prefix { $0 != ":" }
        if scheme.hasPrefix("redis"), scheme.contains("cluster") || scheme.contains("sentinel") {
            throw Fault(reason: "is of one node; a cluster or Sentinel is written as `cluster` or `sentinel`")
        }
        throw Fault(reason: "must start with `redis://`, `rediss://` or `unix:/`")
    }

    /// A name before the colon may be empty, as in `redis://:password@host`. Without a colon it is a name alone.
    private static func userInfo(_ text: Substring) throws(Fault) -> (String?, Secret?) {
        let colon = text.firstIndex(of: ":")
        guard let user = decoded(text[..<(colon ?? text.endIndex)]),
            let password = decoded(colon.map { text[text.index(after: $0)...] } ?? "")
        else { throw Fault(reason: "has a `%` without two hexadecimal digits before its `@`; `%` itself is `%25`") }
        let name = String(decoding: user, as: UTF8.self)
        return (name.isEmpty ? nil : name, password.isEmpty ? nil : Secret(password))
    }

    private static func decoded(_ text: Substring) -> [UInt8]? {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] != 0x25 {
                result.append(bytes[index])
                index += 1
                continue
            }
            guard index + 2 < bytes.count,
                let byte = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            else { return nil }
            result.append(byte)
            index += 3
        }
        return result
    }

    private static func node(_ text: Substring) throws(Fault) -> RedisSettings.Node {
        if text.contains(",") { throw Fault(reason: "names several nodes; list them under `cluster` or `sentinel`") }
        return try place(text, port: SettingsDecoder.defaultRedisPort, example: "redis://127.0.0.1:6379/0")
    }

    /// `host[:port]`.
    static func place(_ text: Substring, port standard: Int, example: String) throws(Fault) -> RedisSettings.Node {
        let isBracketed = text.hasPrefix("[")
        let hostEnd = isBracketed ? text.firstIndex(of: "]") : text.firstIndex(of: ":")
        if isBracketed, hostEnd == nil { throw Fault(reason: "has a `[` without its `]`") }
        let host = text[..<(hostEnd ?? text.endIndex)].dropFirst(isBracketed ? 1 : 0)
        let after = hostEnd.map { isBracketed ? text[text.index(after: $0)...] : text[$0...] } ?? ""
        let isFit = host.utf8.allSatisfy {
            ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
                || (isBracketed && $0 == 0x3A)
        }
        guard !host.isEmpty, host.utf8.count <= 253, isFit else {
            throw Fault(reason: "needs a host, as `\(example)`")
        }
        if after.isEmpty { return .tcp(host: String(host), port: standard) }
        let port = after.hasPrefix(":") ? SettingsDecoder.decimal(String(after.dropFirst())) : nil
        guard let port, (1...65_535).contains(port) else {
            throw Fault(reason: "needs a port from 1 to 65535 after the host")
        }
        return .tcp(host: String(host), port: port)
    }

    private static func database(_ text: Substring) throws(Fault) -> Int {
        if text.isEmpty { return 0 }
        guard let number = SettingsDecoder.decimal(String(text)), number <= 65_535 else {
            throw Fault(reason: "must end with the number of a database, as `/0`")
        }
        return number
    }
}
