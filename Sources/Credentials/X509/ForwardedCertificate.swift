import Bytes

/// The headers in which proxies that end TLS send on the client's certificate.
///
/// Whoever can write one of these is whoever it likes: the caller takes them from trusted peers only, refuses a header
/// that occurs twice, and documents how each proxy removes a client's own. The bytes may still be a client's, so each
/// reader is strict, bounded, and ends in a `CertificateFault` at worst.
public enum ForwardedCertificate {
    /// The longest value taken, in bytes.
    public static let headerBytesMax = 16_384

    /// nginx's `$ssl_client_escaped_cert`: the client's certificate in PEM, percent-encoded.
    public static func escapedPEM(_ value: borrowing Span<UInt8>) throws(CertificateFault) -> PresentedCertificate {
        try checkSize(value)
        let pem = try percentDecoded(value)
        return PresentedCertificate(try ClientCertificate(pem: pem.span))
    }

    /// RFC 9440: `Client-Cert`, the DER as a byte sequence (`:base64:`), and `Client-Cert-Chain`, a list of them.
    ///
    /// - Parameter chain: the second header's value, empty where it is absent.
    public static func clientCert(
        _ value: borrowing Span<UInt8>, chain: borrowing Span<UInt8>
    ) throws(CertificateFault) -> PresentedCertificate {
        try checkSize(value)
        guard chain.count <= headerBytesMax else { throw .tooLarge }
        let leaf = try byteSequence(value)
        // How a proxy that fills in a template says that there is none.
        if leaf.isEmpty { throw .missing }
        let certificate = try ClientCertificate(der: leaf.span)
        return PresentedCertificate(certificate, chain: try list(chain))
    }

    static func checkSize(_ value: borrowing Span<UInt8>) throws(CertificateFault) {
        if value.count == 0 { throw .missing }
        if value.count > headerBytesMax { throw .tooLarge }
    }

    /// `%XX` taken for its byte; `+` is a plus. What is not visible ASCII must be escaped.
    static func percentDecoded(_ value: borrowing Span<UInt8>) throws(CertificateFault) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(value.count)
        var index = 0
        while index < value.count {
            let byte = value[index]
            guard byte > 0x20, byte < 0x7F else { throw .badPercentEncoding }
            guard byte == 0x25 else {
                bytes.append(byte)
                index += 1
                continue
            }
            guard index + 2 < value.count, let high = ASCII.hexValue(value[index + 1]),
                let low = ASCII.hexValue(value[index + 2])
            else { throw .badPercentEncoding }
            bytes.append(high << 4 | low)
            index += 3
        }
        return bytes
    }

    /// `sf-binary` of RFC 8941 section 3.3.5, without parameters.
    private static func byteSequence(_ value: borrowing Span<UInt8>) throws(CertificateFault) -> [UInt8] {
        guard value.count >= 2, value[0] == 0x3A, value[value.count - 1] == 0x3A else { throw .malformedHeader }
        guard let bytes = Base64.decode(value.extracting(1..<value.count - 1)) else { throw .badBase64 }
        return bytes
    }

    /// `sf-list` of byte sequences; base64 has no comma, so members end at the next one.
    private static func list(_ value: borrowing Span<UInt8>) throws(CertificateFault) -> [ClientCertificate] {
        var certificates: [ClientCertificate] = []
        var position = 0
        while position < value.count {
            guard certificates.count < CertificateVerifier.intermediatesMax else { throw .chainTooLong }
            let end = value.firstIndex(of: 0x2C, from: position) ?? value.count
            let member = trimmed(value, position..<end)
            let der = try byteSequence(value.extracting(member))
            certificates.append(try ClientCertificate(der: der.span))
            position = end + 1
            // A comma with nothing behind it is not a list.
            if position == value.count { throw .malformedHeader }
        }
        return certificates
    }

    /// Without the white space at both ends (RFC 9110 section 5.6.3).
    private static func trimmed(_ value: borrowing Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, value[start] == 0x20 || value[start] == 0x09 { start += 1 }
        while start < end, value[end - 1] == 0x20 || value[end - 1] == 0x09 { end -= 1 }
        return start..<end
    }
}
