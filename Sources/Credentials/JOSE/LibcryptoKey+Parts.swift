import CLibcrypto

extension LibcryptoKey {
    /// The public part of this key, checked as a published one would be.
    func parts() throws(KeySetFault) -> PublicKeyParts {
        defer { ERR_clear_error() }
        let parts = try uncheckedParts()
        try parts.validate()
        return parts
    }

    private func uncheckedParts() throws(KeySetFault) -> PublicKeyParts {
        if EVP_PKEY_is_a(pointer, "RSA") == 1 {
            guard let n = number("n"), let e = number("e") else { throw .badRSAKey }
            return .rsa(modulus: n, exponent: e)
        }
        for curve in Curve.allCases where curve.isEdwards {
            guard EVP_PKEY_is_a(pointer, CName.pointer(curve.libcryptoName)) == 1 else { continue }
            var x = [UInt8](repeating: 0, count: curve.coordinateBytes)
            var count = x.count
            guard EVP_PKEY_get_raw_public_key(pointer, &x, &count) == 1, count == x.count else { throw .badMember }
            return .edwards(curve, x: x)
        }
        guard EVP_PKEY_is_a(pointer, "EC") == 1 else { throw .unsupportedKeyType }
        guard let curve = namedCurve() else { throw .unsupportedCurve }
        guard let x = number("qx", count: curve.coordinateBytes), let y = number("qy", count: curve.coordinateBytes)
        else { throw .badMember }
        return .ec(curve, x: x, y: y)
    }

    /// nil too for a curve given by its parameters, which nobody needs and forgers like.
    private func namedCurve() -> Curve? {
        var name = [CChar](repeating: 0, count: 80)
        var count = 0
        guard EVP_PKEY_get_utf8_string_param(pointer, "group", &name, name.count, &count) == 1 else { return nil }
        let group = String(decoding: name[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return Curve.allCases.first { !$0.isEdwards && group == "\($0.libcryptoName)" }
    }

    /// A number of the key, big-endian: in exactly `count` bytes, or else in as few as it needs.
    private func number(_ name: String, count: Int? = nil) -> [UInt8]? {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(pointer, name, &number) == 1, let number else { return nil }
        defer { BN_free(number) }
        let needed = (Int(BN_num_bits(number)) + 7) / 8
        var bytes = [UInt8](repeating: 0, count: count ?? needed)
        guard BN_bn2binpad(number, &bytes, Int32(bytes.count)) == Int32(bytes.count) else { return nil }
        return bytes
    }
}
