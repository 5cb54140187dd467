import Bytes
import HTTPWire
import NIOCore
import NIOEmbedded
import NIOHTTP1

/// NIOHTTP1's request decoder, which is llhttp, asked what it makes of bytes that our parser accepted.
///
/// Two readings differ by intent, and there the oracle is given bytes that bring them together:
/// - llhttp knows a list of methods and takes CONNECT for a tunnel; we accept any token. It is shown GET instead.
/// - llhttp reads `Proxy-Connection` as `Connection`; RFC 9112 gives it no meaning. It is shown another name.
final class HTTPOracle {
    /// What the decoder said since `begin`.
    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart

        var head: HTTPRequestHead?
        var body: [UInt8] = []
        var ends = 0
        var error: String?

        func clear() {
            head = nil
            body.removeAll(keepingCapacity: true)
            ends = 0
            error = nil
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let part): head = part
            case .body(let buffer): body += buffer.readableBytesView
            case .end: ends += 1
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { self.error = "\(error)" }
    }

    private let collector = Collector()
    private var channel: EmbeddedChannel?

    /// The decoder of the request before, if it may take another one, else a new one.
    private func begin() -> EmbeddedChannel {
        collector.clear()
        if let channel { return channel }
        let fresh = EmbeddedChannel(handlers: [ByteToMessageHandler(HTTPRequestDecoder()), collector])
        channel = fresh
        return fresh
    }

    private func end(reusable: Bool) {
        if reusable { return }
        _ = try? channel?.finish(acceptAlreadyClosed: true)
        channel = nil
    }

    /// What the oracle makes of `bytes` otherwise than `head` does, or nil.
    func disagreement(_ head: borrowing RequestHead, _ bytes: [UInt8]) -> String? {
        let channel = begin()
        let shown = Shown(head, bytes)
        let difference = compareHead(channel, head, bytes, shown) ?? compareBody(channel, head)
        let isUpgrade = head.contains(.upgrade)
        end(reusable: difference == nil && head.keepsAlive && collector.ends == 1 && !isUpgrade)
        return difference
    }

    /// The head must be seen at its last byte and not before.
    private func compareHead(
        _ channel: EmbeddedChannel, _ head: borrowing RequestHead, _ bytes: [UInt8], _ shown: Shown
    ) -> String? {
        feed(channel, shown.bytes.dropLast())
        if collector.head != nil { return "the oracle saw the end of the head before us" }
        feed(channel, shown.bytes.suffix(1))
        if let error = collector.error { return "the oracle refused the head: \(error)" }
        guard let theirs = collector.head else { return "the oracle did not see the end of the head" }
        return HTTPHeadComparison(ours: HeadOutline(head), bytes: bytes, theirs: theirs, shown: shown).difference
    }

    /// The body that the framing announces must end the message, and not a byte of it less. Long bodies are not sent:
    /// of those it is enough that the message is not over.
    private func compareBody(_ channel: EmbeddedChannel, _ head: borrowing RequestHead) -> String? {
        var body: [UInt8] = []
        var data: [UInt8] = []
        switch head.framing {
        case .none: return collector.ends == 1 ? nil : "the oracle expects a body"
        case .chunked:
            body = Array("3\r\nabc\r\n0\r\n\r\n".utf8)
            data = Array("abc".utf8)
        case .sized(let count):
            guard count <= 64 else { return collector.ends == 0 ? nil : "the oracle expects no body" }
            body = [UInt8](repeating: 0x78, count: Int(count))
            data = body
        }
        feed(channel, body.dropLast())
        if collector.ends != 0 { return "the oracle's body ends before ours" }
        feed(channel, body.suffix(1))
        if let error = collector.error { return "the oracle refused the body: \(error)" }
        return collector.ends == 1 && collector.body == data ? nil : "the oracle read another body"
    }

    /// What the oracle makes of a chunked body that we took to end after `bytes` and to hold `data`, if otherwise.
    func disagreement(chunked bytes: [UInt8], data: [UInt8]) -> String? {
        let channel = begin()
        feed(channel, Array("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)[...])
        feed(channel, bytes.dropLast())
        let endedEarly = collector.ends != 0
        feed(channel, bytes.suffix(1))
        let isAlike = !endedEarly && collector.error == nil && collector.ends == 1 && collector.body == data
        // A trailer can make llhttp close.
        end(reusable: false)
        if isAlike { return nil }
        return "early \(endedEarly), error \(collector.error ?? "none"), ends \(collector.ends), \(collector.body)"
    }

    private func feed(_ channel: EmbeddedChannel, _ bytes: ArraySlice<UInt8>) {
        do { try channel.writeInbound(ByteBuffer(bytes: bytes)) } catch { collector.error = "\(error)" }
    }
}
