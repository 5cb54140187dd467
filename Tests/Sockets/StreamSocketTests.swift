import Glibc
import NIOCore
import Synchronization
import Testing

@testable import Sockets

/// One end of a pair of connected sockets on a loop; the test has the other.
private final class Recorder: StreamSocket {
    var text = ""
    var reads = 0
    var hasEnded = false
    var onText: (Recorder) -> Void = { _ in }

    override func received() {
        let count = withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { room in
            let count = read(into: room)
            text += String(decoding: UnsafeRawBufferPointer(rebasing: room[..<count]), as: UTF8.self)
            return count
        }
        guard count > 0 else { return }
        reads += 1
        onText(self)
    }

    override func ended() { hasEnded = true }
}

@Suite struct StreamSocketTests {
    private struct Pair {
        let loop: SocketLoop
        let ours: UncheckedBox<Recorder>
        let theirs: Int32

        func onLoop<Result: Sendable>(_ body: @escaping @Sendable (Recorder) -> Result) throws -> Result {
            try loop.submit { body(ours.value) }.wait()
        }

        func tell(_ text: String) {
            _ = text.utf8CString.withUnsafeBytes { write(theirs, $0.baseAddress, $0.count - 1) }
        }

        /// Waits until `condition` holds, for five seconds at most.
        func wait(_ condition: @escaping @Sendable (Recorder) -> Bool) throws -> Bool {
            for _ in 0..<1_000 {
                if try onLoop(condition) { return true }
                usleep(5_000)
            }
            return false
        }
    }

    private func withPair(_ body: (Pair) throws -> Void) throws {
        try SocketLoopTests.withLoop { (loop) throws in
            var pair: [Int32] = [0, 0]
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
            defer { close(pair[1]) }
            _ = fcntl(pair[0], F_SETFL, O_NONBLOCK)
            let ours = UncheckedBox(Recorder(pair[0], on: loop))
            try loop.submit { try ours.value.start() }.wait()
            try body(Pair(loop: loop, ours: ours, theirs: pair[1]))
        }
    }

    @Test func readsWhatComesInTurns() throws {
        try withPair { (pair) throws in
            let text = String(repeating: "abcdefgh", count: 64)
            pair.tell(text)
            #expect(try pair.wait { $0.text.count == 512 })
            #expect(try pair.onLoop { $0.text } == text)
            // 64 bytes at a time, and never two reads in one turn.
            #expect(try pair.onLoop { $0.reads } >= 8)
        }
    }

    /// More than the kernel takes: the rest waits, in order, and nothing is read meanwhile.
    @Test func whatThePeerDoesNotTakeWaitsAndStopsReading() throws {
        try withPair { (pair) throws in
            let piece = [UInt8]((0..<100_000).map { UInt8(truncatingIfNeeded: $0) })
            try pair.onLoop { socket in for _ in 0..<20 { piece.withUnsafeBytes { socket.send($0) } } }
            pair.tell("unheard")
            usleep(20_000)
            #expect(try pair.onLoop { $0.text }.isEmpty)
            var got: [UInt8] = []
            var room = [UInt8](repeating: 0, count: 65_536)
            while got.count < 2_000_000 {
                let count = read(pair.theirs, &room, room.count)
                try #require(count > 0)
                got += room[..<count]
            }
            #expect(got == (0..<20).flatMap { _ in piece })
            #expect(try pair.wait { $0.text == "unheard" })
        }
    }

    @Test func whatWaitsForAPeerThatIsGoneIsDropped() throws {
        try withPair { (pair) throws in
            let piece = [UInt8](repeating: 7, count: 1_000_000)
            try pair.onLoop { socket in piece.withUnsafeBytes { socket.send($0) } }
            shutdown(pair.theirs, Int32(SHUT_RDWR))
            #expect(try pair.wait { $0.hasEnded })
        }
    }

    @Test func outputClosesBehindWhatWaits() throws {
        try withPair { (pair) throws in
            let piece = [UInt8](repeating: 7, count: 1_000_000)
            try pair.onLoop { socket in
                piece.withUnsafeBytes { socket.send($0) }
                socket.closeOutput()
            }
            var (total, room) = (0, [UInt8](repeating: 0, count: 65_536))
            while case let count = read(pair.theirs, &room, room.count), count > 0 { total += count }
            #expect(total == 1_000_000)
            #expect(try !pair.onLoop { $0.hasEnded })
        }
    }

    @Test func suspendedReadingLeavesBytesWhereTheyAre() throws {
        try withPair { (pair) throws in
            try pair.onLoop { $0.setReading(false) }
            pair.tell("later")
            usleep(20_000)
            #expect(try pair.onLoop { $0.text }.isEmpty)
            try pair.onLoop { $0.setReading(true) }
            #expect(try pair.wait { $0.text == "later" })
        }
    }

    /// Told together with the last bytes, and not again by itself.
    @Test func anEndBehindBytesIsRead() throws {
        try withPair { (pair) throws in
            pair.tell(String(repeating: "x", count: 100))
            shutdown(pair.theirs, Int32(SHUT_WR))
            #expect(try pair.wait { $0.hasEnded && $0.text.count == 100 })
        }
    }

    /// While it is not read: bytes and the end are there when it is again.
    @Test func anEndWhileNotReadingIsReadLater() throws {
        try withPair { (pair) throws in
            try pair.onLoop { $0.setReading(false) }
            pair.tell("last")
            shutdown(pair.theirs, Int32(SHUT_WR))
            usleep(20_000)
            #expect(try !pair.onLoop { $0.hasEnded })
            try pair.onLoop { $0.setReading(true) }
            #expect(try pair.wait { $0.hasEnded && $0.text == "last" })
        }
    }

    @Test func thePeersEndIsToldOnce() throws {
        try withPair { (pair) throws in
            shutdown(pair.theirs, Int32(SHUT_RDWR))
            #expect(try pair.wait { $0.hasEnded })
            #expect(try pair.onLoop { $0.isShut })
            // More does nothing.
            try pair.onLoop { socket in
                socket.close()
                [UInt8]("x".utf8).withUnsafeBytes { socket.send($0) }
            }
        }
    }

    /// A peer that hangs up on a socket that is not read must not keep the loop awake.
    @Test func aPeerThatIsGoneIsNoticedWithoutReading() throws {
        try withPair { (pair) throws in
            try pair.onLoop { $0.setReading(false) }
            shutdown(pair.theirs, Int32(SHUT_RDWR))
            #expect(try pair.wait { $0.hasEnded })
        }
    }

    @Test func aSocketMayCloseItselfWhileItReads() throws {
        try withPair { (pair) throws in
            try pair.onLoop { $0.onText = { $0.close() } }
            pair.tell("x")
            #expect(try pair.wait { $0.hasEnded && $0.text == "x" })
        }
    }
}
