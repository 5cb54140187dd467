import Bytes
import Testing

@testable import Sidecar

/// When answers leave before their turn is over.
@Suite struct OutboxTests {
    private static let begun: UInt64 = 5_000_000

    @Test func nobodyWaitsLongerThanTheBound() {
        var outbox = Outbox()
        let verdicts = [0, 1, Outbox.waitNanoseconds - 1, Outbox.waitNanoseconds].map {
            outbox.isDue(at: Self.begun + $0)
        }
        #expect(verdicts == [false, false, false, true])
        outbox.clear()
        // Counted from the oldest that has not left.
        let isDue = outbox.isDue(at: Self.begun + 10 * Outbox.waitNanoseconds)
        #expect(!isDue)
    }

    @Test func memoryHasABound() {
        var outbox = Outbox()
        outbox.answers.write([UInt8](repeating: 0, count: Outbox.bytesMax))
        let atTheBound = outbox.isDue(at: Self.begun)
        outbox.answers.write(0 as UInt8)
        let beyondIt = outbox.isDue(at: Self.begun)
        #expect(!atTheBound && beyondIt)
        outbox.clear()
        let afterwards = outbox.isDue(at: Self.begun)
        #expect(!afterwards)
    }
}
