import CLibcrypto

/// The two spellings of an ECDSA signature: r and s side by side in a JWS (RFC 7518 section 3.4), DER in libcrypto.
enum ECDSASignature {
    /// A sequence of two integers of 67 bytes, the most a P-521 signature needs, with their headers.
    static let derBytesMax = 3 + 2 * (2 + 67)

    /// Writes the DER of `raw` to the start of `der` and returns its length.
    ///
    /// - Precondition: `raw` has an even count of at most 132, which the caller has checked against the curve.
    static func writeDER(
        _ raw: UnsafeBufferPointer<UInt8>, to der: inout InlineArray<144, UInt8>
    ) -> Int {
        let half = raw.count / 2
        let (r, s) = (integerBytes(raw, 0..<half), integerBytes(raw, half..<raw.count))
        let content = 4 + r + s
        der[0] = 0x30
        var position = 1
        if content > 127 {
            der[1] = 0x81
            position = 2
        }
        der[position] = UInt8(content)
        position += 1
        writeInteger(raw, 0..<half, count: r, to: &der, &position)
        writeInteger(raw, half..<raw.count, count: s, to: &der, &position)
        return position
    }

    /// Bytes of the integer without its leading zeros, and with the one a high bit needs.
    private static func integerBytes(_ raw: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int {
        var start = range.lowerBound
        while start < range.upperBound - 1, raw[start] == 0 { start += 1 }
        return range.upperBound - start + Int(raw[start] >> 7)
    }

    private static func writeInteger(
        _ raw: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, count: Int, to der: inout InlineArray<144, UInt8>,
        _ position: inout Int
    ) {
        der[position] = 0x02
        der[position + 1] = UInt8(count)
        position += 2
        for back in stride(from: count, to: 0, by: -1) {
            let index = range.upperBound - back
            der[position] = index < range.lowerBound ? 0 : raw[index]
            position += 1
        }
    }

    /// r and s side by side, each `coordinateBytes` long, of what libcrypto signed.
    static func raw(der: [UInt8], coordinateBytes: Int) -> [UInt8]? {
        let signature = der.withUnsafeBufferPointer { der in
            var start = der.baseAddress
            return d2i_ECDSA_SIG(nil, &start, der.count)
        }
        guard let signature else { return nil }
        defer { ECDSA_SIG_free(signature) }
        var raw = [UInt8](repeating: 0, count: coordinateBytes * 2)
        let width = Int32(coordinateBytes)
        let isWhole = raw.withUnsafeMutableBufferPointer { raw in
            BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw.baseAddress, width) == width
                && BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw.baseAddress.map { $0 + coordinateBytes }, width)
                    == width
        }
        return isWhole ? raw : nil
    }
}
