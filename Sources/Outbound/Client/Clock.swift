import Glibc

/// The two clocks of the outbound thread. What is decided by them takes them as arguments.
enum Clock {
    /// Nanoseconds since some moment in the past; never goes back.
    static var monotonic: UInt64 { read(CLOCK_MONOTONIC) }

    /// Seconds since 1970.
    static var wallSeconds: Int64 { Int64(read(CLOCK_REALTIME) / 1_000_000_000) }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        let status = clock_gettime(clock, &time)
        precondition(status == 0, "the system has no such clock")
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
