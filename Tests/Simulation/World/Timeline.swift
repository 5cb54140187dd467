/// True time, which nobody in the simulation can read, and what happens when. One queue drives everything; what is due
/// at the same moment happens in the order it was asked for.
final class Timeline {
    private struct Event {
        var time: Int64
        var order: Int
        var action: () -> Void
    }

    /// Nanoseconds since the simulation began.
    private(set) var now: Int64 = 0
    private var heap: [Event] = []
    private var order = 0

    func at(_ time: Int64, _ action: @escaping () -> Void) {
        order += 1
        heap.append(Event(time: max(time, now), order: order, action: action))
        rise(heap.count - 1)
    }

    func after(_ wait: Int64, _ action: @escaping () -> Void) { at(now + wait, action) }

    func run(until end: Int64) {
        while let first = heap.first, first.time <= end {
            now = first.time
            removeFirst()
            first.action()
        }
        now = max(now, end)
    }

    /// What is still to come is forgotten: its closures hold the whole world.
    func end() { heap = [] }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (heap[left].time, heap[left].order) < (heap[right].time, heap[right].order)
    }

    private func rise(_ start: Int) {
        var child = start
        while child > 0, isBefore(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(child, least) {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
