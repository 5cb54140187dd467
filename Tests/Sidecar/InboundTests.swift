import Testing

@testable import Sidecar

@Suite struct InboundTests {
    /// Lends `text`, and takes it back as a socket's room is: overwritten.
    private func lend(_ text: String, to inbound: Inbound, _ use: () -> Void = {}) {
        var room = Array(text.utf8)
        room.withUnsafeBytes { inbound.receive($0) }
        use()
        inbound.keep()
        for index in room.indices { room[index] = 0 }
    }

    private func text(_ inbound: Inbound) -> String { String(decoding: inbound.bytes, as: UTF8.self) }

    @Test func whatIsLeftOutlivesTheLoan() {
        let inbound = Inbound()
        lend("abcdef", to: inbound) { inbound.drop(2) }
        #expect(text(inbound) == "cdef")
        lend("ghi", to: inbound)
        #expect(text(inbound) == "cdefghi")
        inbound.drop(7)
        #expect(inbound.isEmpty)
    }

    @Test func growsByAnyPiecesAndKeepsTheirOrder() {
        let inbound = Inbound()
        var expected = ""
        for size in [1, 1_000, 3, 24, 5_000, 1, 70_000] {
            let piece = String((0..<size).map { Character(UnicodeScalar(UInt8(97 + $0 % 26))) })
            lend(piece, to: inbound)
            expected += piece
            let used = expected.utf8.count / 3
            inbound.drop(used)
            expected.removeFirst(used)
            #expect(text(inbound) == expected)
        }
    }

    @Test func cutsFromTheMiddleOfWhatIsLentToo() {
        let inbound = Inbound()
        lend("headBODYnext", to: inbound) {
            inbound.cut(4, after: 4)
            #expect(text(inbound) == "headnext")
        }
        inbound.cut(2, after: 6)
        #expect(text(inbound) == "headne")
    }

    @Test func anAnswerWaitsForOthersSoLongAndNoLonger() {
        var outbox = Outbox()
        let start: UInt64 = 1_000_000
        var found: [Bool] = []
        for wait in [0, Outbox.waitNanoseconds - 1, Outbox.waitNanoseconds] {
            found.append(outbox.isDue(at: start + wait))
        }
        outbox.clear()
        found.append(outbox.isDue(at: start + 2 * Outbox.waitNanoseconds))
        #expect(found == [false, false, true, false])
    }
}
