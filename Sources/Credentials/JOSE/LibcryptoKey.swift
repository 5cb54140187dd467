import CLibcrypto

/// A public or private key in libcrypto's hands. Immutable after it is made, and an EVP_PKEY may be used for
/// verifying and signing from several threads at once; contexts may not, and each call makes its own.
final class LibcryptoKey: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes over the caller's reference.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(pointer) }

    /// - Throws: `pointOffCurve` or `badRSAKey` where libcrypto makes no key of the parts.
    convenience init(_ parts: PublicKeyParts) throws(KeySetFault) {
        defer { ERR_clear_error() }
        switch parts {
        case .rsa(let modulus, let exponent):
            guard let key = LibcryptoKey.rsa(modulus, exponent) else { throw .badRSAKey }
            self.init(owning: key)
        case .ec(let curve, let x, let y):
            guard let key = LibcryptoKey.ec(curve, [0x04] + x + y) else { throw .pointOffCurve }
            self.init(owning: key)
        case .edwards(let curve, let x):
            let name = CName.pointer(curve.libcryptoName)
            guard let key = EVP_PKEY_new_raw_public_key_ex(nil, name, nil, x, x.count) else { throw .pointOffCurve }
            self.init(owning: key)
        }
    }

    private static func rsa(_ modulus: [UInt8], _ exponent: [UInt8]) -> OpaquePointer? {
        // libcrypto's integers are in the machine's byte order.
        var n = modulus.reversed() as [UInt8]
        var e = exponent.reversed() as [UInt8]
        return n.withUnsafeMutableBufferPointer { n in
            e.withUnsafeMutableBufferPointer { e in
                make(
                    "RSA",
                    [
                        OSSL_PARAM_construct_BN(CName.pointer("n"), n.baseAddress, n.count),
                        OSSL_PARAM_construct_BN(CName.pointer("e"), e.baseAddress, e.count),
                    ])
            }
        }
    }

    /// libcrypto refuses a point that is not on the curve, and the point at infinity.
    private static func ec(_ curve: Curve, _ point: [UInt8]) -> OpaquePointer? {
        var point = point
        let group = UnsafeMutablePointer(mutating: CName.pointer(curve.libcryptoName))
        return point.withUnsafeMutableBufferPointer { point in
            make(
                "EC",
                [
                    OSSL_PARAM_construct_utf8_string(CName.pointer("group"), group, 0),
                    OSSL_PARAM_construct_octet_string(CName.pointer("pub"), point.baseAddress, point.count),
                ])
        }
    }

    private static func make(_ type: StaticString, _ parameters: [OSSL_PARAM]) -> OpaquePointer? {
        // EVP_PKEY_PUBLIC_KEY, a macro that Swift does not see: the public key and all parameters.
        let selection: Int32 = 0x02 | 0x04 | 0x80
        guard let context = EVP_PKEY_CTX_new_from_name(nil, CName.pointer(type), nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var ended = parameters + [OSSL_PARAM_construct_end()]
        var key: OpaquePointer?
        guard EVP_PKEY_fromdata_init(context) == 1, EVP_PKEY_fromdata(context, &key, selection, &ended) == 1 else {
            return nil
        }
        return key
    }
}
