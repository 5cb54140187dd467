import Configuration
import Domain
import Glibc
import Limits
import Logging
import NIOCore
import Sockets
import Testing

@testable import Sidecar

/// What a worker does in a turn of a real loop, over real sockets; the test says when the turn is over.
@Suite struct TurnTests {
    /// A connection, and the proxy's end of it.
    private struct Line {
        let connection: CheckConnection
        let proxy: Int32

        func ask(_ token: String? = nil) {
            let shown = token.map { TestToken.bearer($0) + "\r\n" } ?? ""
            let text = "GET /envoy/any HTTP/1.1\r\nHost: a\r\n\(shown)\r\n"
            Array(text.utf8).withUnsafeBytes { connection.receive($0) }
        }

        /// What the proxy has by now; empty where that is nothing.
        func heard() -> String {
            var room = [UInt8](repeating: 0, count: 16_384)
            let count = recv(proxy, &room, room.count, Int32(MSG_DONTWAIT))
            return count > 0 ? String(decoding: room[..<count], as: UTF8.self) : ""
        }
    }

    private func onWorker(_ body: @escaping @Sendable (Worker, () throws -> Line) throws -> Void) throws {
        let thread = try LoopThread(name: "test")
        defer { thread.end() }
        let loop = thread.loop
        try loop.submit {
            let gate = try Gate(try CheckPort.snapshot(TestToken.yaml()), services: nil)
            let worker = Worker(
                eventLoop: loop, gate: gate, store: .memory(MemoryStore(capacity: 100)),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try body(worker) { try TurnTests.connect(worker, loop) }
        }.wait()
    }

    private static func connect(_ worker: Worker, _ loop: SocketLoop) throws -> Line {
        let settings = worker.gate.snapshot.settings
        var pair: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        let connection = CheckConnection(
            worker: worker, listener: ListenerTerms(settings.listeners[0], bounds: settings.bounds), peer: .unknown,
            isSurplus: false)
        try CheckSocket(pair[0], on: loop, connection).open()
        return Line(connection: connection, proxy: pair[1])
    }

    @Test func answersOfATurnLeaveWhenItEnds() throws {
        try onWorker { worker, connect in
            let (one, other) = (try connect(), try connect())
            var together = 0
            for _ in 0..<50 {
                one.ask()
                let alone = one.heard()
                #expect(alone.isEmpty)
                other.ask()
                let (first, second) = (one.heard(), other.heard())
                if first.isEmpty, second.isEmpty { together += 1 }
                _ = worker.endTurn()
                #expect((first + one.heard()).hasPrefix("HTTP/1.1 401"))
                #expect((second + other.heard()).hasPrefix("HTTP/1.1 401"))
                let isEmpty = worker.outbox.isEmpty
                #expect(isEmpty)
            }
            // Not always: where the processor is taken away in between, the first has waited long enough.
            #expect(together > 0)
        }
    }

    @Test func whoIsKnownIsAnsweredBeforeAStrangerIsJudged() throws {
        try onWorker { worker, connect in
            let (known, stranger) = (try connect(), try connect())
            let token = TestToken.made()
            known.ask(token)
            _ = worker.endTurn()
            #expect(known.heard().hasPrefix("HTTP/1.1 200"))
            stranger.ask(TestToken.made(subject: "bob"))
            known.ask(token)
            worker.sendAnswers()
            #expect(known.heard().hasPrefix("HTTP/1.1 200"))
            #expect(stranger.heard().isEmpty)
            #expect(worker.authentication.counters.verifications == 1)
            while worker.endTurn() {}
            #expect(stranger.heard().contains("bob"))
            #expect(worker.authentication.counters.verifications == 2)
            #expect(worker.authentication.questions.waiting == 0)
        }
    }

    /// Several that arrive together are one verification: the others find it remembered when their turn comes.
    @Test func aTokenThatArrivesOftenIsVerifiedOnce() throws {
        try onWorker { worker, connect in
            let lines = try (0..<10).map { _ in try connect() }
            let token = TestToken.made()
            for line in lines { line.ask(token) }
            #expect(worker.authentication.questions.waiting == 10)
            while worker.endTurn() {}
            for line in lines { #expect(line.heard().hasPrefix("HTTP/1.1 200")) }
            #expect(worker.authentication.counters.verifications == 1)
        }
    }

    /// Its turn comes all the same, and tells nobody.
    @Test func aStrangerWhoHangsUpIsNotMissed() throws {
        try onWorker { worker, connect in
            let line = try connect()
            line.ask(TestToken.made())
            line.connection.close()
            #expect(worker.connections.count == 0)
            while worker.endTurn() {}
            #expect(worker.authentication.questions.waiting == 0)
            #expect(line.heard().isEmpty)
        }
    }
}
