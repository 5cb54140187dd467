/// A block of addresses in CIDR form (RFC 4632, RFC 4291), over the IPv4-mapped form of `ClientAddress`.
public struct AddressBlock: Hashable, Sendable {
    public var base: ClientAddress
    /// 0…128, counted in the mapped form: an IPv4 /8 is 104 here.
    public var prefixLength: Int

    public init(base: ClientAddress, prefixLength: Int) {
        self.base = base
        self.prefixLength = prefixLength
    }

    public func contains(_ address: ClientAddress) -> Bool {
        guard address.isKnown else { return false }
        let highMask: UInt64 = prefixLength >= 64 ? .max : ~(UInt64.max >> UInt64(prefixLength))
        let lowMask: UInt64 = prefixLength <= 64 ? 0 : ~(UInt64.max >> UInt64(prefixLength - 64))
        // `>> 64` is 0 in Swift, so a prefix of 128 masks every bit and one of 0 masks none.
        return (address.high ^ base.high) & highMask == 0 && (address.low ^ base.low) & lowMask == 0
    }

    /// 127.0.0.0/8 and ::1: what the word `loopback` stands for in configuration.
    public static let loopback: [AddressBlock] = [
        AddressBlock(base: ClientAddress(ipv4: 0x7F00_0000), prefixLength: 104),
        AddressBlock(base: ClientAddress(high: 0, low: 1), prefixLength: 128),
    ]
}
