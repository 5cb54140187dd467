import Glibc
import NIOCore

/// The two clocks a check reads, once each.
enum Clock {
    /// Nanoseconds that only go forward. For deadlines and durations.
    static func monotonic() -> UInt64 { NIODeadline.now().uptimeNanoseconds }

    /// Seconds since 1970. For keys that expire and for epoch headers; the coarse clock is a few milliseconds late.
    static func wallSeconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return Int64(time.tv_sec)
    }
}

/// One worker's readings of the clocks, so that each is read about once for a check: a check in the same turn begins
/// when the one before it was finished.
struct TurnClock {
    /// Whether turns end, and with them what was read. Where nobody says so, nothing is kept.
    let turnsEnd: Bool
    private var monotonic: UInt64 = 0
    private var wall: Int64 = 0
    private var wallReadAt: UInt64 = 0

    /// The coarse clock moves in steps of a few milliseconds anyway.
    private static let wallNanoseconds: UInt64 = 1_000_000

    init(turnsEnd: Bool) { self.turnsEnd = turnsEnd }

    /// Not later than now, and not earlier than anything this turn has finished.
    mutating func start() -> UInt64 {
        if monotonic == 0 { return finish() }
        return monotonic
    }

    /// Now.
    mutating func finish() -> UInt64 {
        let now = Clock.monotonic()
        if turnsEnd { monotonic = now }
        return now
    }

    /// What follows may be long after what was read: a turn is over, or a check had work done that takes its time.
    mutating func forget() { monotonic = 0 }

    /// Seconds since 1970, at `now` of the monotonic clock.
    mutating func wallSeconds(at now: UInt64) -> Int64 {
        if wallReadAt == 0 || now &- wallReadAt >= TurnClock.wallNanoseconds {
            (wall, wallReadAt) = (Clock.wallSeconds(), now)
        }
        return wall
    }
}
