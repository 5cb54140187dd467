import Bytes

// The request line (RFC 9112 section 3): method SP request-target SP HTTP-version CRLF, with exactly those spaces.

extension HeadParser {
    /// One empty line before a request is skipped (RFC 9112 section 2.2): some clients end a body with one too many.
    mutating func start(_ bytes: borrowing Span<UInt8>, _ end: Int) -> Step {
        guard end > 0 else { return .more }
        guard bytes[0] == 0x0D else { return enter(.method, at: 0) }
        guard let ends = endsLine(bytes, end) else { return .more }
        return ends ? enter(.method, at: 2) : .refused(.bareCarriageReturn)
    }

    mutating func method(_ bytes: borrowing Span<UInt8>, _ end: Int, _ head: inout RequestHead) -> Step {
        while position < end, Octets.isToken(bytes[position]) { position &+= 1 }
        guard position < end else { return .more }
        guard bytes[position] == 0x20, position > mark else {
            return .refused(Self.fault(bytes[position], otherwise: .malformedMethod))
        }
        head.method = ByteRange(mark..<position)
        return enter(.target, at: position &+ 1)
    }

    mutating func target(_ bytes: borrowing Span<UInt8>, _ end: Int, _ head: inout RequestHead) -> Step {
        position = Octets.endOfTarget(bytes, from: position, to: end)
        guard position < end else { return .more }
        guard bytes[position] == 0x20, position > mark else {
            return .refused(Self.fault(bytes[position], otherwise: .malformedTarget))
        }
        head.target = ByteRange(mark..<position)
        return enter(.version, at: position &+ 1)
    }

    /// The form of the target is judged after the version, so that the preface of HTTP/2 is told what it is.
    mutating func version(_ bytes: borrowing Span<UInt8>, _ end: Int, _ head: inout RequestHead) -> Step {
        position = Octets.endOfValue(bytes, from: position, to: end)
        guard position < end else { return .more }
        guard bytes[position] == 0x0D else {
            return .refused(Self.fault(bytes[position], otherwise: .malformedVersion))
        }
        guard let ends = endsLine(bytes, end) else { return .more }
        guard ends else { return .refused(.bareCarriageReturn) }
        if let cause = Self.judge(version: bytes.extracting(mark..<position), &head) { return .refused(cause) }
        if let cause = Self.judge(target: bytes, head) { return .refused(cause) }
        return enter(.fieldName, at: position &+ 2)
    }

    private static func judge(version: borrowing Span<UInt8>, _ head: inout RequestHead) -> WireRefusal? {
        guard version.count == 8, version.starts(with: "HTTP/"), ASCII.isDigit(version[5]), version[6] == 0x2E,
            ASCII.isDigit(version[7])
        else { return .malformedVersion }
        let minor = version[7] &- 0x30
        guard version[5] == 0x31, minor < 2 else { return .unsupportedVersion }
        head.minorVersion = minor
        return nil
    }

    /// Origin form, or the asterisk of a server-wide OPTIONS (RFC 9112 section 3.2). The absolute form is for proxies
    /// and the authority form for tunnels: Postern is neither, and no proxy asks its question so.
    private static func judge(target bytes: borrowing Span<UInt8>, _ head: borrowing RequestHead) -> WireRefusal? {
        let first = bytes[Int(head.target.start)]
        if first == 0x2F { return nil }
        let isAsterisk = first == 0x2A && head.target.count == 1
        return isAsterisk && bytes.extracting(head.method.bounds).equals("OPTIONS") ? nil : .targetNotOriginForm
    }
}
