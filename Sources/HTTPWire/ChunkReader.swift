import Bytes

/// The chunked transfer coding (RFC 9112 section 7.1), one byte of framing at a time and data by the piece.
///
/// Strict as the head is: CRLF only, at most 16 digits of size, no white space around a semicolon.
struct ChunkReader: Sendable {
    private enum State: UInt8 {
        case size, sizeLineFeed, data, dataReturn, dataLineFeed
        case extensionStart, extensionName, extensionValueStart, extensionValue
        case extensionQuoted, extensionEscape, extensionQuoteEnd
        case trailerStart, trailerName, trailerValue, trailerLineFeed, lastLineFeed, done
    }

    private var state = State.size
    /// How much data the limit still allows, and how much of the current chunk is still to come.
    private var allowance: Int64
    private var rest: Int64 = 0
    private var digits = 0
    private var isLast = false
    private var extensionRest = BodyReader.extensionBound
    private var trailerRest = BodyReader.trailerBound
    /// The current trailer's name, as far as a name that matters could reach.
    private var name = InlineArray<20, UInt8>(repeating: 0)
    private var nameCount = 0

    init(limit: Int64) {
        allowance = max(0, limit)
    }

    mutating func consume(_ bytes: borrowing Span<UInt8>, _ data: (ByteRange) -> Void) -> BodyProgress {
        var index = 0
        while index < bytes.count {
            if state == .data {
                let count = Int(min(rest, Int64(bytes.count - index)))
                data(ByteRange(start: index, count: count))
                rest -= Int64(count)
                index += count
                if rest == 0 { state = .dataReturn }
                continue
            }
            if let cause = step(bytes[index]) { return .refused(cause) }
            index += 1
            if state == .done { return .done(consumed: index) }
        }
        return .more(consumed: index)
    }

    /// Takes one byte of framing.
    private mutating func step(_ byte: UInt8) -> WireRefusal? {
        switch state {
        case .size: return size(byte)
        case .sizeLineFeed: return expect(0x0A, byte, then: isLast ? .trailerStart : .data)
        case .dataReturn: return expect(0x0D, byte, then: .dataLineFeed)
        case .dataLineFeed:
            digits = 0
            rest = 0
            return expect(0x0A, byte, then: .size)
        case .trailerStart, .trailerName, .trailerValue, .trailerLineFeed, .lastLineFeed: return trailer(byte)
        case .data, .done: return .malformedChunk
        default:
            guard extensionRest > 0 else { return .chunkExtensionsTooLarge }
            extensionRest -= 1
            return chunkExtension(byte)
        }
    }

    private mutating func expect(_ expected: UInt8, _ byte: UInt8, then next: State) -> WireRefusal? {
        guard byte == expected else { return .malformedChunk }
        state = next
        return nil
    }

    private mutating func size(_ byte: UInt8) -> WireRefusal? {
        if let digit = ASCII.hexValue(byte) {
            guard digits < 16, rest <= Int64.max >> 4 else { return .malformedChunk }
            digits += 1
            rest = rest << 4 | Int64(digit)
            return nil
        }
        guard digits > 0, byte == 0x0D || byte == 0x3B else { return .malformedChunk }
        guard rest <= allowance else { return .bodyTooLarge }
        allowance -= rest
        isLast = rest == 0
        state = byte == 0x0D ? .sizeLineFeed : .extensionStart
        return nil
    }

    /// `*( ";" name [ "=" ( token / quoted-string ) ] )` of RFC 9112 section 7.1.1.
    private mutating func chunkExtension(_ byte: UInt8) -> WireRefusal? {
        switch state {
        case .extensionStart where Octets.isToken(byte): state = .extensionName
        case .extensionName where Octets.isToken(byte): break
        case .extensionName where byte == 0x3D: state = .extensionValueStart
        case .extensionValueStart where byte == 0x22: state = .extensionQuoted
        case .extensionValueStart where Octets.isToken(byte): state = .extensionValue
        case .extensionValue where Octets.isToken(byte): break
        case .extensionQuoted where byte == 0x22: state = .extensionQuoteEnd
        case .extensionQuoted where byte == 0x5C: state = .extensionEscape
        case .extensionQuoted where Self.isText(byte): break
        case .extensionEscape where Self.isText(byte): state = .extensionQuoted
        case .extensionName, .extensionValue, .extensionQuoteEnd:
            guard byte == 0x0D || byte == 0x3B else { return .malformedChunk }
            state = byte == 0x0D ? .sizeLineFeed : .extensionStart
        default: return .malformedChunk
        }
        return nil
    }

    private mutating func trailer(_ byte: UInt8) -> WireRefusal? {
        guard trailerRest > 0 else { return .trailersTooLarge }
        trailerRest -= 1
        switch state {
        case .trailerStart where byte == 0x0D: state = .lastLineFeed
        case .trailerStart where Octets.isToken(byte):
            state = .trailerName
            nameCount = 0
            note(nameByte: byte)
        case .trailerName where Octets.isToken(byte): note(nameByte: byte)
        case .trailerName where byte == 0x3A:
            guard isHarmless else { return .malformedTrailer }
            state = .trailerValue
        case .trailerValue where byte == 0x0D: state = .trailerLineFeed
        case .trailerValue where Self.isText(byte): break
        case .trailerLineFeed where byte == 0x0A: state = .trailerStart
        case .lastLineFeed where byte == 0x0A: state = .done
        default: return .malformedTrailer
        }
        return nil
    }

    private mutating func note(nameByte byte: UInt8) {
        if nameCount < 20 { name[nameCount] = byte }
        nameCount += 1
    }

    /// Whether the trailer just named may be dropped. One that would have said where the request ends or whom it is for
    /// comes too late to say so (RFC 9110 section 6.5.1), and is there to be read by somebody else.
    private var isHarmless: Bool {
        guard nameCount <= 20 else { return true }
        switch HeaderToken(name.span.extracting(..<nameCount)) {
        case .contentLength, .transferEncoding, .connection, .host, .upgrade, .expect: return false
        default: return true
        }
    }

    /// HTAB, space, visible ASCII and obs-text: what a value may hold (RFC 9110 section 5.5).
    private static func isText(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == 0x09
    }
}
