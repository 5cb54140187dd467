import Configuration
import Domain
import NIOCore
import NIOSSL
import Sockets
import Telemetry

/// All workers, and which loop is whose. The list is fixed at start; each worker is touched on its own loop only.
final class WorkerPool: @unchecked Sendable {
    let workers: [Worker]

    init(_ workers: [Worker]) {
        self.workers = workers
    }

    /// Calls `body` for each worker, on its own loop.
    func forEach(_ body: @escaping @Sendable (Worker) -> Void) {
        for index in workers.indices {
            workers[index].eventLoop.execute { body(self.workers[index]) }
        }
    }

    /// What `body` says of each worker, asked on its own loop.
    func collect<Value: Sendable>(
        on eventLoop: any EventLoop, _ body: @escaping @Sendable (Worker) -> Value
    ) -> EventLoopFuture<[Value]> {
        let answers = workers.indices.map { index in
            workers[index].eventLoop.submit { body(self.workers[index]) }
        }
        return EventLoopFuture.whenAllSucceed(answers, on: eventLoop)
    }

    /// Closes every connection, then every way to the limit store. For the end of the process, from the main thread.
    func close() {
        for index in workers.indices {
            let closed = workers[index].eventLoop.flatSubmit {
                self.workers[index].closeAll()
                return self.workers[index].closeStore()
            }
            // A store that cannot close in peace is closed by the end of the process.
            try? closed.wait()
        }
    }

}

extension Worker {
    /// Makes an accepted socket a connection, or closes it. On the loop, which is this worker's.
    func adopt(
        _ descriptor: Int32, from peer: SocketAddress?, _ terms: ListenerTerms, _ tls: ListenerTLSContext?,
        on loop: SocketLoop
    ) {
        let address = ClientAddress(peer)
        // Each worker takes its share of the bound; as many again are answered with a refusal, and the rest closed.
        let share = terms.connectionShare
        let open = connections.count
        guard terms.admits(address), open < share * 2 else {
            metrics.connectionsRefused &+= 1
            return SocketCalls.close(descriptor)
        }
        if open >= share { metrics.connectionsRefused &+= 1 }
        let connection = CheckConnection(worker: self, listener: terms, peer: address, isSurplus: open >= share)
        // A socket that cannot be watched is closed by its own end.
        guard let tls else {
            try? CheckSocket(descriptor, on: loop, connection).open()
            return
        }
        _ = try? PipelineChannel.open(descriptor, on: loop) { pipeline in
            try pipeline.addHandlers([tls.makeHandler(), CheckHandler(connection)])
        }
    }
}

extension ClientAddress {
    /// The address of a TCP peer; unknown for a unix socket.
    init(_ address: SocketAddress?) {
        let text = [UInt8]((address?.ipAddress ?? "").utf8)
        self = AddressParser.parse(text.span) ?? .unknown
    }
}
