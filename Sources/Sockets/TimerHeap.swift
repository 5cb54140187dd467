import NIOCore

/// What is to be done at a given time: a binary heap, earliest first; those of one time in the order they came.
///
/// Each timer knows its place, so that a cancelled one leaves at once and holds on to nothing.
struct TimerHeap {
    final class Timer {
        let deadline: NIODeadline
        let action: () -> Void
        fileprivate var number: UInt64 = 0
        /// -1 while it is in no heap.
        fileprivate var place = -1
        /// Taken out by somebody, perhaps before it was put in.
        fileprivate var isCancelled = false

        init(_ deadline: NIODeadline, _ action: @escaping () -> Void) {
            (self.deadline, self.action) = (deadline, action)
        }

        fileprivate func precedes(_ other: Timer) -> Bool {
            deadline == other.deadline ? number < other.number : deadline < other.deadline
        }
    }

    private var timers: ContiguousArray<Timer> = []
    private var last: UInt64 = 0

    /// When the first one is due.
    var next: NIODeadline? { timers.first?.deadline }

    /// Of one that was cancelled already, does nothing.
    mutating func add(_ timer: Timer) {
        guard !timer.isCancelled else { return }
        last += 1
        timer.number = last
        timers.append(timer)
        rise(timer, from: timers.count - 1)
    }

    /// The first one if it is due, no longer in the heap.
    mutating func popDue(at now: NIODeadline) -> Timer? {
        guard let first = timers.first, first.deadline <= now else { return nil }
        takeOut(first)
        return first
    }

    /// It will not run, wherever it is.
    mutating func cancel(_ timer: Timer) {
        timer.isCancelled = true
        takeOut(timer)
    }

    private mutating func takeOut(_ timer: Timer) {
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
