import Glibc
import NIOCore
import Synchronization
import Testing

@testable import Sockets

@Suite struct ConnectingTests {
    /// A server that answers with what it is told, over a channel of ours.
    private final class Echo: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.write(data, promise: nil) }
        func channelReadComplete(context: ChannelHandlerContext) { context.flush() }
    }

    private final class Collect: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let promise: EventLoopPromise<String>
        private let wanted: Int
        private var text = ""

        init(_ wanted: Int, _ promise: EventLoopPromise<String>) { (self.wanted, self.promise) = (wanted, promise) }

        func channelActive(context: ChannelHandlerContext) {
            context.writeAndFlush(
                NIOAny(ByteBuffer(string: String(repeating: "echo", count: wanted / 4))), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
            if text.utf8.count == wanted { promise.succeed(text) }
        }

        func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.eof) }
    }

    private func echo(at address: SocketAddress, on loop: SocketLoop) throws -> SocketListener {
        try SocketListener.bind(address, on: loop) { descriptor, _ in
            _ = try? PipelineChannel.open(descriptor, on: loop) { try $0.addHandler(Echo()) }
        }
    }

    private func talk(_ loop: SocketLoop, _ connecting: EventLoopFuture<Int32>, bytes: Int) throws -> String {
        let promise = loop.makePromise(of: String.self)
        let channel = try connecting.flatMapThrowing { descriptor in
            try PipelineChannel.open(descriptor, on: loop) { try $0.addHandler(Collect(bytes, promise)) }
        }.wait()
        defer { try? channel.close().wait() }
        return try promise.futureResult.wait()
    }

    @Test(arguments: ["127.0.0.1", "localhost"]) func connectsByAddressAndByName(_ host: String) throws {
        try SocketLoopTests.withLoop { (loop) throws in
            let listener = try echo(at: SocketAddress(ipAddress: "127.0.0.1", port: 0), on: loop)
            let port = try #require(listener.address?.port)
            let connector = SocketConnector(on: loop, deadline: .now() + .seconds(5))
            let text = try talk(loop, loop.flatSubmit { connector.connect(host: host, port: port) }, bytes: 400_000)
            #expect(text.hasPrefix("echoecho"))
            listener.close()
        }
    }

    @Test func connectsByPath() throws {
        try SocketLoopTests.withLoop { (loop) throws in
            let path = "/tmp/postern-\(getpid())-\(UInt32.random(in: 0 ... .max)).sock"
            defer { unlink(path) }
            let listener = try echo(at: SocketAddress(unixDomainSocketPath: path), on: loop)
            let connector = SocketConnector(on: loop, deadline: .now() + .seconds(5))
            _ = try talk(loop, loop.flatSubmit { connector.connect(path: path) }, bytes: 4)
            listener.close()
            // A socket nobody listens on any more makes room for the next.
            let again = try echo(at: SocketAddress(unixDomainSocketPath: path), on: loop)
            _ = try talk(loop, loop.flatSubmit { connector.connect(path: path) }, bytes: 4)
            again.close()
        }
    }

    @Test func saysWhenNobodyListens() throws {
        try SocketLoopTests.withLoop { (loop) throws in
            let listener = try echo(at: SocketAddress(ipAddress: "127.0.0.1", port: 0), on: loop)
            let port = try #require(listener.address?.port)
            listener.close()
            let connector = SocketConnector(on: loop, deadline: .now() + .seconds(5))
            #expect(throws: SocketError("connect", ECONNREFUSED)) {
                _ = try loop.flatSubmit { connector.connect(host: "127.0.0.1", port: port) }.wait()
            }
        }
    }

    @Test func twoCannotListenInOnePlace() throws {
        try SocketLoopTests.withLoop { (loop) throws in
            let listener = try echo(at: SocketAddress(ipAddress: "127.0.0.1", port: 0), on: loop)
            let address = try #require(listener.address)
            #expect(throws: SocketError("bind", EADDRINUSE)) { _ = try echo(at: address, on: loop) }
            listener.close()
        }
    }

    /// As a connection to Redis does that was given up while it was being made.
    @Test func aHandlerMayCloseItsChannelBeforeItHasStarted() throws {
        final class Unwilling: ChannelInboundHandler {
            typealias InboundIn = ByteBuffer

            func handlerAdded(context: ChannelHandlerContext) { context.close(promise: nil) }
        }
        try SocketLoopTests.withLoop { (loop) throws in
            let listener = try echo(at: SocketAddress(ipAddress: "127.0.0.1", port: 0), on: loop)
            let port = try #require(listener.address?.port)
            let connector = SocketConnector(on: loop, deadline: .now() + .seconds(5))
            let connecting = loop.flatSubmit { connector.connect(host: "127.0.0.1", port: port) }
            #expect(throws: SocketError("epoll_ctl", EBADF)) {
                _ = try connecting.flatMapThrowing { descriptor in
                    try PipelineChannel.open(descriptor, on: loop) { try $0.addHandler(Unwilling()) }
                }.wait()
            }
            listener.close()
        }
    }

    /// What the loop was holding is closed with it.
    @Test func connectionsEndWithTheirLoop() throws {
        let (server, client) = (try LoopThread(name: "server"), try LoopThread(name: "client"))
        let listener = try echo(at: SocketAddress(ipAddress: "127.0.0.1", port: 0), on: server.loop)
        let port = try #require(listener.address?.port)
        let connector = SocketConnector(on: client.loop, deadline: .now() + .seconds(5))
        let loop = client.loop
        let channel = try loop.flatSubmit { connector.connect(host: "127.0.0.1", port: port) }.flatMapThrowing {
            try PipelineChannel.open($0, on: loop) { _ in }
        }.wait()
        server.end()
        try channel.closeFuture.wait()
        client.end()
    }
}
