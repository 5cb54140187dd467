import Bytes
import Domain
import HTTPWire

/// Where the client connects from, told by the one header each dialect has for it (gate.md 5, 6).
///
/// Never by any other header, and never the address of a trusted proxy: "unknown" is an answer. A peer that is not
/// trusted is taken for the client itself, and nothing it says about addresses is read.
final class ClientAddressReader: Sendable {
    let trustedProxies: [AddressBlock]

    init(trustedProxies: [AddressBlock]) {
        self.trustedProxies = trustedProxies
    }

    /// X-Forwarded-For lines that are read; a request with more has an unknown address.
    static let forwardedLinesMax = 8

    /// Whether a peer's word about addresses counts. A unix socket has no address; its permissions are its trust.
    func believes(_ peer: ClientAddress) -> Bool { !peer.isKnown || isTrusted(peer) }

    private func isTrusted(_ address: ClientAddress) -> Bool {
        for block in trustedProxies where block.contains(address) { return true }
        return false
    }

    func read(
        _ dialect: Dialect, _ head: borrowing RequestHead, _ bytes: borrowing Span<UInt8>, peer: ClientAddress
    ) -> ClientAddress {
        guard believes(peer) else { return peer }
        switch dialect {
        case .nginx, .ingressNginx: return only(.xRealIP, head, bytes)
        case .forward: return forwardedFor(head, bytes)
        case .envoy:
            return head.contains(.xPosternClientAddr)
                ? only(.xPosternClientAddr, head, bytes) : forwardedFor(head, bytes)
        case .json: return .unknown
        }
    }

    private func only(
        _ token: HeaderToken, _ head: borrowing RequestHead, _ bytes: borrowing Span<UInt8>
    ) -> ClientAddress {
        guard !head.isRepeated(token), let value = head.value(of: token) else { return .unknown }
        return AddressParser.parse(bytes.extracting(value.bounds)) ?? .unknown
    }

    /// From the right, past hops we trust, to the first we do not: that one wrote nothing we would believe.
    private func forwardedFor(_ head: borrowing RequestHead, _ bytes: borrowing Span<UInt8>) -> ClientAddress {
        guard head.contains(.xForwardedFor) else { return .unknown }
        var lines = 0
        for index in stride(from: head.fields.count - 1, through: 0, by: -1)
        where head.fields[index].token == .xForwardedFor {
            lines += 1
            guard lines <= ClientAddressReader.forwardedLinesMax else { return .unknown }
            switch lastUntrusted(bytes.extracting(head.fields[index].value.bounds)) {
            case .found(let address): return address
            case .malformed: return .unknown
            case .allTrusted: continue
            }
        }
        return .unknown
    }

    private enum Hop { case found(ClientAddress), malformed, allTrusted }

    private func lastUntrusted(_ list: borrowing Span<UInt8>) -> Hop {
        var end = list.count
        while end > 0 {
            var start = end
            while start > 0, list[start - 1] != 0x2C { start -= 1 }
            var first = start
            var last = end
            while first < last, list[first] == 0x20 || list[first] == 0x09 { first += 1 }
            while last > first, list[last - 1] == 0x20 || list[last - 1] == 0x09 { last -= 1 }
            guard let address = AddressParser.parse(list.extracting(first..<last)) else { return .malformed }
            if !isTrusted(address) { return .found(address) }
            end = start - 1
        }
        return .allTrusted
    }
}
