import Bytes
import Domain
import HTTPWire
import Testing

@testable import Sidecar

@Suite struct ClientAddressTests {
    private let loopback = ClientAddress(ipv4: 0x7F00_0001)
    private let client = ClientAddress(ipv4: 0xCB00_7109)

    private func read(_ dialect: Dialect, _ headers: [String], peer: ClientAddress? = nil) -> ClientAddress {
        let text = [UInt8](("GET / HTTP/1.1\r\nHost: a\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n").utf8)
        var parser = HeadParser()
        var head = RequestHead()
        let outcome = parser.parse(text.span, into: &head)
        #expect(outcome == .complete)
        let reader = ClientAddressReader(trustedProxies: AddressBlock.loopback)
        return reader.read(dialect, head, text.span, peer: peer ?? loopback)
    }

    @Test func eachDialectHasOneSource() {
        #expect(read(.nginx, ["X-Real-IP: 203.0.113.9"]) == client)
        #expect(read(.nginx, ["X-Forwarded-For: 203.0.113.9"]) == .unknown)
        #expect(read(.forward, ["X-Forwarded-For: 203.0.113.9"]) == client)
        #expect(read(.forward, ["X-Real-IP: 203.0.113.9"]) == .unknown)
        #expect(read(.envoy, ["x-postern-client-addr: 203.0.113.9", "X-Forwarded-For: 1.1.1.1"]) == client)
        #expect(read(.envoy, ["X-Forwarded-For: 203.0.113.9"]) == client)
        #expect(read(.envoy, ["X-Real-IP: 203.0.113.9"]) == .unknown)
    }

    @Test func readsForwardedForFromTheRightPastTrustedHops() {
        #expect(read(.forward, ["X-Forwarded-For: 9.9.9.9, 203.0.113.9, 127.0.0.1"]) == client)
        #expect(read(.forward, ["X-Forwarded-For: 9.9.9.9", "X-Forwarded-For: 203.0.113.9, ::1"]) == client)
        #expect(read(.forward, ["X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: 127.0.0.1"]) == client)
    }

    /// Never the address of a trusted proxy, and never a guess.
    @Test(arguments: [
        "X-Forwarded-For: 127.0.0.1", "X-Forwarded-For: 203.0.113.9, garbage", "X-Forwarded-For: 203.0.113.9,",
        "X-Forwarded-For:", "X-Other: 1.2.3.4",
    ])
    func unknownIsAnAnswer(_ header: String) {
        #expect(read(.forward, [header]) == .unknown)
    }

    @Test func aDoubledSourceIsUnknown() {
        #expect(read(.nginx, ["X-Real-IP: 203.0.113.9", "X-Real-IP: 203.0.113.9"]) == .unknown)
        let lines = (0...8).map { _ in "X-Forwarded-For: 127.0.0.1" }
        #expect(read(.forward, ["X-Forwarded-For: 203.0.113.9"] + lines) == .unknown)
    }

    @Test func anUntrustedPeerIsTheClientAndAUnixSocketIsTrusted() {
        let stranger = ClientAddress(ipv4: 0x0808_0808)
        #expect(read(.nginx, ["X-Real-IP: 203.0.113.9"], peer: stranger) == stranger)
        #expect(read(.nginx, ["X-Real-IP: 203.0.113.9"], peer: .unknown) == client)
    }
}
