import Configuration
import Domain
import HTTPWire

/// What a listener's connections are held to, fixed when it is bound.
struct ListenerTerms: Sendable {
    /// The only dialect spoken, or nil to choose by the path's prefix.
    var dialect: Dialect?
    var bounds: Bounds
    var allowedPeers: [AddressBlock]

    init(_ settings: ListenerSettings, bounds: Bounds) {
        dialect = settings.dialect
        self.bounds = bounds
        allowedPeers = settings.allowedPeers
    }

    var headBounds: HeadBounds { HeadBounds(bytes: bounds.headBytes, fields: bounds.headers) }

    /// Bytes that may wait behind a request that is being decided.
    var inboundMax: Int { bounds.headBytes * 2 }

    func admits(_ peer: ClientAddress) -> Bool {
        guard !allowedPeers.isEmpty, peer.isKnown else { return true }
        return allowedPeers.contains { $0.contains(peer) }
    }
}
