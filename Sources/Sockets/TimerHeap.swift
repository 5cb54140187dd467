import NIOCore

/// What is to be done at a given time: a binary heap, earliest first; those of one time in the order they came.
///
/// Each timer knows its place, so that a cancelled one leaves at once and holds on to nothing.
struct TimerHeap {
    final class Timer {
        let deadline: NIODeadline
        fileprivate let number: UInt64
        fileprivate(set) var action: () -> Void
        /// -1 once it is in no heap.
        fileprivate var place = -1

        fileprivate init(_ deadline: NIODeadline, _ number: UInt64, _ action: @escaping () -> Void) {
            (self.deadline, self.number, self.action) = (deadline, number, action)
        }

        fileprivate func precedes(_ other: Timer) -> Bool {
            deadline == other.deadline ? number < other.number : deadline < other.deadline
        }
    }

    private var timers: ContiguousArray<Timer> = []
    private var last: UInt64 = 0

    /// When the first one is due.
    var next: NIODeadline? { timers.first?.deadline }

    mutating func add(_ deadline: NIODeadline, _ action: @escaping () -> Void) -> Timer {
        last += 1
        let timer = Timer(deadline, last, action)
        timers.append(timer)
        rise(timer, from: timers.count - 1)
        return timer
    }

    /// The first one if it is due, no longer in the heap.
    mutating func popDue(at now: NIODeadline) -> Timer? {
        guard let first = timers.first, first.deadline <= now else { return nil }
        remove(first)
        return first
    }

    /// Of one that was taken out already, does nothing.
    mutating func remove(_ timer: Timer) {
        let place = timer.place
        guard place >= 0 else { return }
        timer.place = -1
        let moved = timers.removeLast()
        guard moved !== timer else { return }
        rise(moved, from: place)
        sink(moved, from: moved.place)
    }

    mutating func removeAll() {
        for timer in timers { timer.place = -1 }
        timers = []
    }

    private mutating func rise(_ timer: Timer, from start: Int) {
        var place = start
        while place > 0 {
            let parent = timers[(place - 1) / 2]
            guard timer.precedes(parent) else { break }
            put(parent, at: place)
            place = (place - 1) / 2
        }
        put(timer, at: place)
    }

    private mutating func sink(_ timer: Timer, from start: Int) {
        var place = start
        while place * 2 + 1 < timers.count {
            var child = place * 2 + 1
            if child + 1 < timers.count, timers[child + 1].precedes(timers[child]) { child += 1 }
            guard timers[child].precedes(timer) else { break }
            put(timers[child], at: place)
            place = child
        }
        put(timer, at: place)
    }

    private mutating func put(_ timer: Timer, at place: Int) {
        timers[place] = timer
        timer.place = place
    }
}
