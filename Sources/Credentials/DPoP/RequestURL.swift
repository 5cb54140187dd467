import Bytes

/// The URL of a request as DPoP compares it (RFC 9449 section 4.3, check 9): without query and fragment, after the
/// normalizations of RFC 3986 section 6.2.2 and 6.2.3 that cannot make two resources one.
///
/// Dot segments are not resolved: paths that have them are refused before (gate.md 2).
enum RequestURL {
    /// Scheme and authority in lower case, no default port, at least `/` for a path, escapes of unreserved characters
    /// read and all others in upper case; nil for anything but an http or https URL with a host and no user.
    static func normalized(_ url: borrowing Span<UInt8>) -> [UInt8]? {
        guard let colon = url.firstIndex(of: 0x3A) else { return nil }
        let scheme = url.extracting(0..<colon)
        let isSecure = scheme.equalsIgnoringCase("https")
        guard isSecure || scheme.equalsIgnoringCase("http") else { return nil }
        guard url.extracting(colon..<url.count).starts(with: "://") else { return nil }
        let start = colon + 3
        let pathStart = end(of: url, from: start, slash: true)
        let pathEnd = end(of: url, from: pathStart, slash: false)
        guard let authority = authority(url.extracting(start..<pathStart), isSecure: isSecure),
            let path = path(url.extracting(pathStart..<pathEnd))
        else { return nil }
        return [UInt8]((isSecure ? "https://" : "http://").utf8) + authority + path
    }

    /// The first `?` or `#`, or `/` where `slash` is true, at or after `from`; else the end.
    private static func end(of url: borrowing Span<UInt8>, from: Int, slash: Bool) -> Int {
        var index = from
        while index < url.count, url[index] != 0x3F, url[index] != 0x23, !(slash && url[index] == 0x2F) { index += 1 }
        return index
    }

    private static func authority(_ bytes: borrowing Span<UInt8>, isSecure: Bool) -> [UInt8]? {
        var host: [UInt8] = []
        for index in 0..<bytes.count {
            guard isPlain(bytes[index]), bytes[index] != 0x40 else { return nil }
            host.append(ASCII.lowercased(bytes[index]))
        }
        for port in isSecure ? [":443", ":"] : [":80", ":"] {
            let suffix = [UInt8](port.utf8)
            if host.suffix(suffix.count).elementsEqual(suffix) {
                host.removeLast(suffix.count)
                break
            }
        }
        return host.isEmpty ? nil : host
    }

    private static func path(_ bytes: borrowing Span<UInt8>) -> [UInt8]? {
        guard bytes.count > 0 else { return [0x2F] }
        var writer = ByteWriter(reserving: bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            guard isPlain(byte) else { return nil }
            index += 1
            guard byte == 0x25 else {
                writer.write(byte)
                continue
            }
            guard index + 2 <= bytes.count, let high = ASCII.hexValue(bytes[index]),
                let low = ASCII.hexValue(bytes[index + 1])
            else { return nil }
            let escaped = high << 4 | low
            if ASCII.isUnreserved(escaped) { writer.write(escaped) } else { writer.write(escaped: escaped) }
            index += 2
        }
        return [UInt8](writer.bytes)
    }

    /// Printable ASCII without the space.
    private static func isPlain(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }
}
