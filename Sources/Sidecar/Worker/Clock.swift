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
