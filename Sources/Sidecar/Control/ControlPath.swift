import Bytes

/// `/limits/{name}/{subject}?method=…&issuer=…`, percent-encoded; a limit of everybody's needs no subject.
struct ControlPath {
    let name: BucketName

    /// Nil for any other path, and for one that does not decode.
    init?(_ target: String) {
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let segments = halves[0].split(separator: "/", omittingEmptySubsequences: false).map(ControlPath.decoded)
        guard segments.count == 3 || segments.count == 4, segments[0] == "", segments[1] == "limits",
            let limit = segments[2], !limit.isEmpty, let subject = segments.count == 4 ? segments[3] : "-"
        else { return nil }
        var name = BucketName(limit: limit, subject: subject)
        for pair in halves.count > 1 ? halves[1].split(separator: "&") : [] {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let value = ControlPath.decoded(parts[1]) else { return nil }
            switch parts[0] {
            case "method": name.method = value
            case "issuer": name.issuer = value
            default: return nil
            }
        }
        self.name = name
    }

    /// Nil for an escape that is none, or bytes that are no UTF-8.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == 0x25 else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? { Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init) }

    /// The path of a bucket, as `init` reads it.
    static func text(_ name: BucketName) -> String {
        var text = "/limits/\(encoded(name.limit))/\(encoded(name.subject))"
        let query = [("method", name.method), ("issuer", name.issuer)].compactMap { key, value in
            value.map { "\(key)=\(encoded($0))" }
        }
        if !query.isEmpty { text += "?" + query.joined(separator: "&") }
        return text
    }

    /// All but the unreserved characters of RFC 3986 section 2.3.
    private static func encoded(_ text: String) -> String {
        var writer = ByteWriter()
        for byte in text.utf8 {
            let isPlain = byte < 0x80 && (Character(UnicodeScalar(byte)).isLetter || ASCII.isDigit(byte))
            if isPlain || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte) {
                writer.write(byte)
            } else {
                writer.write(escaped: byte)
            }
        }
        return writer.withSpan { $0.text() }
    }
}

/// Names of this machine for itself, as they stand in `Host`. A page whose own name was made to lead here (DNS
/// rebinding) says that name.
enum LoopbackHost {
    static func isNamed(by hosts: [String]) -> Bool {
        guard hosts.count == 1, let host = hosts.first else { return false }
        if host.hasPrefix("[::1]") { return isPort(host.dropFirst(5)) }
        let name = host.prefix { $0 != ":" }
        guard isPort(host.dropFirst(name.count)) else { return false }
        return name == "localhost" || name.hasPrefix("127.") && name.allSatisfy { $0 == "." || $0.isNumber }
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || text.first == ":" && text.dropFirst().allSatisfy(\.isNumber)
    }
}
