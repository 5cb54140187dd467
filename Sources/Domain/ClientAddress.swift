/// Where a client connects from, as a proxy we trust tells it. "Unknown" is an answer: per-address limits then do
/// not apply, and nothing is ever keyed on the proxy's own address.
///
/// IPv4 is held as its IPv4-mapped IPv6 form (`::ffff:a.b.c.d`), so that one comparison serves both.
public struct ClientAddress: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64
    public var isKnown: Bool

    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
        self.isKnown = true
    }

    @inlinable
    public init(ipv4: UInt32) {
        self.init(high: 0, low: 0x0000_FFFF_0000_0000 | UInt64(ipv4))
    }

    private init() {
        high = 0
        low = 0
        isKnown = false
    }

    public static let unknown = ClientAddress()

    @inlinable public var isIPv4: Bool { isKnown && high == 0 && low >> 32 == 0xFFFF }

    /// What a per-address limit counts: an IPv4 address whole, an IPv6 address by its /64, since one client has as
    /// many addresses in a /64 as it cares to use.
    @inlinable
    public var network: ClientAddress {
        isIPv4 || !isKnown ? self : ClientAddress(high: high, low: 0)
    }
}
