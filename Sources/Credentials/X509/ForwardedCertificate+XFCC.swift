import Bytes

extension ForwardedCertificate {
    /// The most proxies that one header may tell of.
    static let elementsMax = 16
    /// The longest key there is has seven letters.
    private static let keyBytesMax = 16

    /// Envoy's `x-forwarded-client-cert`. The **last** element is the nearest proxy's; those before it are its clients'
    /// word, or a client's own, and count for nothing but must be well formed: a quote left open by a client would
    /// change what the last element is.
    ///
    /// Unknown keys are refused too: they are how text that is not of this grammar looks.
    public static func xfcc(_ value: borrowing Span<UInt8>) throws(CertificateFault) -> PresentedCertificate {
        try checkSize(value)
        var position = 0
        for _ in 0..<elementsMax {
            let element = try element(value, &position)
            if position == value.count { return try element.presented(value) }
            // The comma, and the white space that lists may have (RFC 9110 section 5.6.1).
            position += 1
            while position < value.count, value[position] == 0x20 || value[position] == 0x09 { position += 1 }
        }
        throw .malformedHeader
    }

    /// Pairs up to a comma or the end, where `position` is left.
    private static func element(
        _ value: borrowing Span<UInt8>, _ position: inout Int
    ) throws(CertificateFault) -> XFCCElement {
        var element = XFCCElement()
        while true {
            guard let equals = value.firstIndex(of: 0x3D, from: position), equals - position <= keyBytesMax else {
                throw .malformedHeader
            }
            let key = position..<equals
            position = equals + 1
            try element.note(value.extracting(key), try text(value, &position))
            if position == value.count || value[position] == 0x2C { return element }
            guard value[position] == 0x3B else { throw .malformedHeader }
            position += 1
        }
    }

    /// A value, quoted or not, without its quotes. Nothing is unescaped: only a subject may hold a backslash, and there
    /// it is the subject's own.
    private static func text(
        _ value: borrowing Span<UInt8>, _ position: inout Int
    ) throws(CertificateFault) -> ByteRange {
        let isQuoted = position < value.count && value[position] == 0x22
        if isQuoted { position += 1 }
        let start = position
        while position < value.count {
            let byte = value[position]
            guard byte >= 0x20, byte < 0x7F else { throw .malformedHeader }
            switch byte {
            case 0x22 where isQuoted:
                position += 1
                return ByteRange(start..<position - 1)
            case 0x5C where isQuoted:
                // The next byte is no end of anything, and no control either.
                guard position + 1 < value.count, value[position + 1] >= 0x20, value[position + 1] < 0x7F else {
                    throw .malformedHeader
                }
                position += 2
            case 0x2C where !isQuoted, 0x3B where !isQuoted: return ByteRange(start..<position)
            case 0x20 where !isQuoted, 0x22, 0x5C: throw .malformedHeader
            default: position += 1
            }
        }
        guard !isQuoted, position == value.count else { throw .malformedHeader }
        return ByteRange(start..<position)
    }
}
