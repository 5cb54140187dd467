import Configuration
import Domain
import HTTPWire

/// What a listener's connections are held to, fixed when it is bound.
struct ListenerTerms: Sendable {
    /// The only dialect spoken, or nil to choose by the path's prefix.
    var dialect: Dialect?
    var bounds: Bounds
    var allowedPeers: [AddressBlock]
    /// One worker's part of `bounds.connections`.
    var connectionShare: Int
    /// Whether its TLS requires a client certificate.
    var asksForCertificates: Bool

    init(_ settings: ListenerSettings, bounds: Bounds, workers: Int = 1) {
        connectionShare = (bounds.connections + workers - 1) / workers
        dialect = settings.dialect
        asksForCertificates = settings.tls?.clientCA != nil
        self.bounds = bounds
        allowedPeers = settings.allowedPeers
    }

    var headBounds: HeadBounds { HeadBounds(bytes: bounds.headBytes, fields: bounds.headers) }

    /// Bytes that may wait behind a request that is being decided.
    var inboundMax: Int { bounds.headBytes * 2 }

    /// Connections from this many on are under pressure: each is closed with its answer, so that there is room for
    /// others before any has to be refused. A bare FIN on an idle one would lose a request (gate.md 21).
    var pressedFrom: Int { connectionShare - connectionShare / 8 }

    func admits(_ peer: ClientAddress) -> Bool {
        guard !allowedPeers.isEmpty, peer.isKnown else { return true }
        return allowedPeers.contains { $0.contains(peer) }
    }
}
