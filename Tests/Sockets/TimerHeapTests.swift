import NIOCore
import Testing

@testable import Sockets

extension TimerHeap {
    @discardableResult
    fileprivate mutating func add(_ deadline: NIODeadline, _ action: @escaping () -> Void) -> Timer {
        let timer = Timer(deadline, action)
        add(timer)
        return timer
    }
}

@Suite struct TimerHeapTests {
    private func at(_ time: Int) -> NIODeadline { .uptimeNanoseconds(UInt64(time)) }

    private func drain(_ heap: inout TimerHeap, at now: Int) {
        while let timer = heap.popDue(at: at(now)) { timer.action() }
    }

    @Test func runsInTheOrderOfDeadlinesAndThenOfComing() {
        var heap = TimerHeap()
        var ran: [Int] = []
        var random = SystemRandomNumberGenerator()
        let deadlines = (0..<500).map { _ in Int.random(in: 0..<40, using: &random) }
        for (index, deadline) in deadlines.enumerated() { heap.add(at(deadline)) { ran.append(index) } }
        drain(&heap, at: 39)
        let expected = deadlines.indices.sorted { (deadlines[$0], $0) < (deadlines[$1], $1) }
        #expect(ran == expected)
        #expect(heap.next == nil)
    }

    @Test func runsNothingBeforeItsTime() {
        var heap = TimerHeap()
        var ran = 0
        heap.add(at(10)) { ran += 1 }
        drain(&heap, at: 9)
        #expect(ran == 0)
        #expect(heap.next == at(10))
        drain(&heap, at: 10)
        #expect(ran == 1)
    }

    /// Whichever are taken out, and twice, what is left comes in its order.
    @Test(arguments: 0..<20) func whatIsRemovedIsGoneAndTheRestKeepsItsOrder(_ seed: Int) {
        var heap = TimerHeap()
        var ran: [Int] = []
        let timers = (0..<64).map { index in
            heap.add(at((index * 37 + seed) % 64)) { ran.append((index * 37 + seed) % 64) }
        }
        for index in stride(from: seed % 3, to: 64, by: 3) {
            heap.cancel(timers[index])
            heap.cancel(timers[index])
        }
        drain(&heap, at: 64)
        let left = (0..<64).filter { ($0 - seed % 3) % 3 != 0 || $0 < seed % 3 }.map { ($0 * 37 + seed) % 64 }
        #expect(ran == left.sorted())
    }

    @Test func aRemovedTimerHoldsNothing() {
        final class Held {}
        var heap = TimerHeap()
        weak var held: Held?
        do {
            let strong = Held()
            held = strong
            heap.cancel(heap.add(at(1)) { _ = strong })
        }
        #expect(held == nil)
    }

    /// As when another thread schedules, and the loop cancels before it has heard of it.
    @Test func whatIsCancelledBeforeItIsAddedDoesNotRun() {
        var heap = TimerHeap()
        var ran = false
        let timer = TimerHeap.Timer(at(1)) { ran = true }
        heap.cancel(timer)
        heap.add(timer)
        drain(&heap, at: 2)
        #expect(!ran && heap.next == nil)
    }
}
