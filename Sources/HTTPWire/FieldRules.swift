import Bytes

/// The fields that say where a request ends and what comes after it, gathered while the head is read.
///
/// Two fields that could be read as two different framings are never reconciled: the request is refused, because the
/// proxy before us may have chosen the other reading (RFC 9112 section 11.2).
struct FieldRules: Sendable {
    /// The fields that `take` has something to say about.
    static let tokens: UInt64 =
        HeaderToken.host.bit | HeaderToken.contentLength.bit | HeaderToken.transferEncoding.bit
        | HeaderToken.connection.bit | HeaderToken.expect.bit

    private var namesHost = false
    private var length: Int64?
    private var isChunked = false
    private var saysClose = false
    private var saysKeepAlive = false
    private var saysContinue = false

    /// Notes a field. `bytes` is the whole request, `value` the field's trimmed value, and
    /// `padded` the same with the white space around it.
    ///
    /// That space may hold no tab where the value decides framing. RFC 9110 section 5.6.3 allows it, but llhttp reads a
    /// tab as part of the value: `close` and a tab is no `close` to it.
    mutating func take(
        _ token: HeaderToken, _ bytes: borrowing Span<UInt8>, _ value: ByteRange, padded: Range<Int>,
        minorVersion: UInt8
    ) -> WireRefusal? {
        switch token {
        case .host: host(bytes.extracting(value.bounds))
        case .contentLength:
            holdsTab(bytes, padded) ? .malformedContentLength : contentLength(bytes.extracting(value.bounds))
        case .transferEncoding:
            holdsTab(bytes, padded)
                ? .unknownTransferEncoding : transferEncoding(bytes.extracting(value.bounds), minorVersion)
        case .connection:
            holdsTab(bytes, padded) ? .malformedConnection : connection(bytes.extracting(value.bounds))
        case .expect: expect(bytes.extracting(value.bounds))
        default: nil
        }
    }

    private func holdsTab(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Bool {
        bytes.extracting(range).firstIndex(of: 0x09) != nil
    }

    /// An empty Host is legal (RFC 9112 section 3.2): it is what a client sends whose target names no host.
    private mutating func host(_ value: borrowing Span<UInt8>) -> WireRefusal? {
        if namesHost { return .doubledHost }
        namesHost = true
        for index in 0..<value.count where !Octets.isHost(value[index]) { return .malformedHost }
        return nil
    }

    /// One number, once. RFC 9112 section 6.3 would let identical repeats through; nobody honest sends them.
    private mutating func contentLength(_ value: borrowing Span<UInt8>) -> WireRefusal? {
        if isChunked { return .contentLengthWithTransferEncoding }
        if length != nil { return .doubledContentLength }
        guard let number = Decimal.parse(value) else { return .malformedContentLength }
        length = number
        return nil
    }

    /// `chunked` alone: of the other codings none is of use in a check, and a list is how framings are disguised.
    private mutating func transferEncoding(
        _ value: borrowing Span<UInt8>, _ minorVersion: UInt8
    ) -> WireRefusal? {
        if minorVersion == 0 { return .transferEncodingBefore11 }
        if length != nil { return .contentLengthWithTransferEncoding }
        guard !isChunked, value.equalsIgnoringCase("chunked") else { return .unknownTransferEncoding }
        isChunked = true
        return nil
    }

    /// A list of tokens (RFC 9110 section 7.6.1), of which `close` and `keep-alive` mean something to us. `Upgrade` is
    /// passed over: the handshake of a WebSocket is checked like any request.
    private mutating func connection(_ value: borrowing Span<UInt8>) -> WireRefusal? {
        var start = 0
        while start <= value.count {
            let comma = value.firstIndex(of: 0x2C, from: start) ?? value.count
            var end = comma
            while start < end, value[start] == 0x20 { start &+= 1 }
            while end > start, value[end &- 1] == 0x20 { end &-= 1 }
            for index in start..<end where !Octets.isToken(value[index]) { return .malformedConnection }
            note(option: value.extracting(start..<end))
            start = comma &+ 1
        }
        return nil
    }

    private mutating func note(option: borrowing Span<UInt8>) {
        if option.equalsIgnoringCase("close") { saysClose = true }
        if option.equalsIgnoringCase("keep-alive") { saysKeepAlive = true }
    }

    /// An expectation we do not know is passed over (RFC 9110 section 10.1.1 lets a server do so): refusing it would
    /// let a client close its proxy's connection to us.
    private mutating func expect(_ value: borrowing Span<UInt8>) -> WireRefusal? {
        if value.equalsIgnoringCase("100-continue") { saysContinue = true }
        return nil
    }

    /// Judges the fields as a whole, and fills in what `head` says about the body and the connection.
    func conclude(_ bytes: borrowing Span<UInt8>, _ head: inout RequestHead) -> WireRefusal? {
        let is11 = head.minorVersion == 1
        if is11, !namesHost { return .missingHost }
        head.framing = isChunked ? .chunked : length.map { $0 == 0 ? .none : .sized($0) } ?? .none
        // What follows a CONNECT that was answered with success is a tunnel's bytes and no request.
        let opensTunnel = bytes.extracting(head.method.bounds).equals("CONNECT")
        head.keepsAlive = !saysClose && !opensTunnel && (is11 || saysKeepAlive)
        // HTTP/1.0 knows no interim answers (RFC 9110 section 10.1.1).
        head.expectsContinue = saysContinue && is11 && head.framing != .none
        return nil
    }
}
