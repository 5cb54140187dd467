import Bytes
import Domain

/// `127.0.0.1:9191`, `[::1]:9191`, `unix:/run/postern/check.sock`.
enum EndpointNotation {
    /// `sun_path` of unix(7) has 108 bytes, the last of them NUL.
    static let maxUnixPathBytes = 107

    /// Why a text is no endpoint, in words that follow "`address`".
    struct Fault: Error, Equatable {
        var reason: String
    }

    static func parse(_ text: String) throws(Fault) -> Endpoint {
        if text.hasPrefix("unix:") { return .unix(path: try unixPath(String(text.dropFirst(5)))) }
        guard let colon = text.lastIndex(of: ":") else { throw Fault(reason: "needs a port, as `127.0.0.1:9191`") }
        let port = SettingsDecoder.decimal(String(text[text.index(after: colon)...]))
        guard let port, port <= 65_535 else { throw Fault(reason: "needs a port from 0 to 65535 after its last colon") }
        return .tcp(host: try host(String(text[..<colon])), port: port)
    }

    static func isLoopback(_ endpoint: Endpoint) -> Bool {
        guard case .tcp(let host, _) = endpoint else { return true }
        guard let address = AddressParser.parse(Array(host.utf8).span) else { return false }
        return AddressBlock.loopback.contains { $0.contains(address) }
    }

    private static func unixPath(_ path: String) throws(Fault) -> String {
        guard path.hasPrefix("/") else { throw Fault(reason: "needs an absolute path after `unix:`") }
        guard path.utf8.count <= maxUnixPathBytes else {
            throw Fault(reason: "has a path longer than \(maxUnixPathBytes) bytes, the system's bound for sockets")
        }
        return path
    }

    /// The host without brackets. Names are refused: what one resolves to can change, and with it who may connect.
    private static func host(_ text: String) throws(Fault) -> String {
        if text.isEmpty || text == "*" { throw Fault(reason: "needs an address; every IPv4 address is `0.0.0.0`") }
        if text == "localhost" { throw Fault(reason: "must be a number, not a name; did you mean `127.0.0.1`?") }
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
        if text.contains(":"), !isBracketed { throw Fault(reason: "needs brackets around IPv6, as `[::1]:9191`") }
        guard !text.contains("%"), AddressParser.parse(Array(text.utf8).span) != nil else {
            throw Fault(reason: "must be a numeric address and a port, as `127.0.0.1:9191`, or `unix:/path`")
        }
        return isBracketed ? String(text.dropFirst().dropLast()) : text
    }
}

extension SettingsDecoder {
    /// A list of blocks, where the word `loopback` stands for 127.0.0.0/8 and ::1.
    func blocks(_ section: Section, _ key: String) -> [AddressBlock] {
        items(section, key, atMost: 1_024).flatMap { node -> [AddressBlock] in
            guard let text = name(node, key, atMost: 64) else { return [] }
            if text.value == "loopback" { return AddressBlock.loopback }
            if let block = Self.block(text.value) { return [block] }
            problems.error(node.position, "`\(key)` \(Self.reason(whyNoBlock: text.value))\(text.shown)")
            return []
        }
    }

    /// Neither ports nor brackets nor zones, which `AddressParser` takes elsewhere.
    private static func block(_ text: String) -> AddressBlock? {
        let colons = text.utf8.count { $0 == 0x3A }
        guard colons != 1, !text.contains("["), !text.contains("%") else { return nil }
        return AddressParser.parseBlock(Array(text.utf8).span)
    }

    private static func reason(whyNoBlock text: String) -> String {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let base = block(String(parts[0])), let prefix = decimal(String(parts[1])) else {
            return "must be `loopback`, an address or a block, as `10.0.0.0/8`"
        }
        guard base.base.isIPv4 else { return "has bits beyond its prefix, or a prefix above 128" }
        guard prefix <= 32 else { return "has a prefix above 32" }
        let mask = prefix == 0 ? 0 : UInt32.max << UInt32(32 - prefix)
        let address = UInt32(truncatingIfNeeded: base.base.low) & mask
        let octets = [24, 16, 8, 0].map { String(address >> UInt32($0) & 255) }.joined(separator: ".")
        return "has bits beyond its prefix; did you mean `\(octets)/\(prefix)`?"
    }

    /// The endpoint under `key`; its fault is reported where it stands.
    func endpoint(_ section: Section, _ key: String) -> Endpoint? {
        guard let node = section[key], let text = name(node, key)?.value else { return nil }
        do throws(EndpointNotation.Fault) {
            return try EndpointNotation.parse(text)
        } catch {
            problems.error(node.position, "`\(key)` \(error.reason)")
            return nil
        }
    }
}
