import Bytes
import Domain

/// URLs of whom Postern asks: `https://host[:port]/path[?query]`, or `http://` on this machine.
///
/// No user info, no fragment, no internationalised names: such a host is written in its `xn--` form.
enum OutboundURL {
    /// In words that follow the key's name, and that repeat nothing of the URL: a password may be anywhere in it.
    struct Fault: Error, Equatable {
        var reason: String
    }

    static let maxBytes = 2_048

    /// - Returns: whether it is encrypted; if not, it is on loopback.
    static func check(_ text: String, allowsQuery: Bool = true) throws(Fault) -> Bool {
        let isEncrypted = text.hasPrefix("https://")
        guard isEncrypted || text.hasPrefix("http://") else { throw Fault(reason: "must start with `https://`") }
        guard text.utf8.count <= maxBytes else { throw Fault(reason: "is longer than \(maxBytes) bytes") }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !unsafe.contains($0) }) else {
            throw Fault(reason: "holds a byte that stands in no URL; percent-encode it")
        }
        if text.contains("#") { throw Fault(reason: "has a fragment (`#`), which no server sees") }
        if !allowsQuery, text.contains("?") { throw Fault(reason: "has a query (`?`), which an issuer cannot have") }
        let rest = text.dropFirst(isEncrypted ? 8 : 7)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        if authority.contains("@") { throw Fault(reason: "holds a name or a password before `@`; URLs are logged") }
        let host = try host(authority)
        if !isEncrypted, !isLoopback(host) {
            throw Fault(reason: "must be `https://`; `http://` is for this machine's loopback only")
        }
        return isEncrypted
    }

    /// What RFC 3986 keeps out of a URL, and `\`, which some read as `/`.
    private static let unsafe: Set<UInt8> = [0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B, 0x7C, 0x7D]

    /// The host without brackets.
    private static func host(_ authority: Substring) throws(Fault) -> Substring {
        let isBracketed = authority.hasPrefix("[")
        let end = isBracketed ? authority.firstIndex(of: "]") : authority.firstIndex(of: ":")
        if isBracketed, end == nil { throw Fault(reason: "has a `[` without its `]`") }
        let host = authority[..<(end ?? authority.endIndex)].dropFirst(isBracketed ? 1 : 0)
        let after = end.map { authority[$0...].dropFirst(isBracketed ? 1 : 0) } ?? ""
        if !after.isEmpty {
            let port = after.hasPrefix(":") ? SettingsDecoder.decimal(String(after.dropFirst())) : nil
            guard let port, (1...65_535).contains(port) else {
                throw Fault(reason: "needs a port from 1 to 65535 after the host's colon")
            }
        }
        let isFit = host.utf8.allSatisfy {
            ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
                || (isBracketed && $0 == 0x3A)
        }
        guard isFit, !host.isEmpty, host.utf8.count <= 253 else { throw Fault(reason: "needs a host") }
        return host
    }

    private static func isLoopback(_ host: Substring) -> Bool {
        if host == "localhost" { return true }
        guard let address = AddressParser.parse(Array(host.utf8).span) else { return false }
        return AddressBlock.loopback.contains { $0.contains(address) }
    }
}

extension SettingsDecoder {
    /// The URL under `key`. Unencrypted, as it may be on loopback, is worth a warning where keys or tokens travel.
    func outboundURL(_ section: Section, _ key: String, allowsQuery: Bool = true, warns: Bool = true) -> String? {
        guard let node = section[key], let text = name(node, key)?.value else { return nil }
        do throws(OutboundURL.Fault) {
            if try !OutboundURL.check(text, allowsQuery: allowsQuery), warns {
                problems.warning(node.position, "`\(key)` is not encrypted; `http://` is for trying things out")
            }
            return text
        } catch {
            problems.error(node.position, "`\(key)` \(error.reason)")
            return nil
        }
    }

    /// A URL, or `unix:/socket:/path`. On loopback `http://` is as good as the socket, so nothing is said about it.
    func outboundEndpoint(_ section: Section, _ key: String) -> String? {
        guard let node = section[key], let text = name(node, key)?.value else { return nil }
        guard text.hasPrefix("unix:") else { return outboundURL(section, key, warns: false) }
        let parts = text.dropFirst(5).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let isFit = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x23 }
        if parts.count == 2, parts[0].hasPrefix("/"), parts[1].hasPrefix("/"), isFit,
            parts[0].utf8.count <= EndpointNotation.maxUnixPathBytes
        {
            return text
        }
        problems.error(
            node.position, "`\(key)` needs a socket and a path after `unix:`, as `unix:/run/opa.sock:/v1/check`")
        return nil
    }

    /// `ca_file`: whom https trusts instead of the system's roots. `url` is nil where it is faulty.
    func outboundCA(_ section: Section, _ url: String?) -> String? {
        if section.holds("ca_file"), let url, !url.hasPrefix("https://") {
            problems.warning(section.position(of: "ca_file"), "`ca_file` has no effect without `https://`")
        }
        return pemFile(section, "ca_file", .certificates)?.path
    }
}
