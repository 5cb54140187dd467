import Glibc

/// Seconds on the monotonic clock.
func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Blocks the calling thread. Tests here wait for other processes, never for each other.
func pause(seconds: Double) {
    usleep(UInt32(seconds * 1e6))
}

/// Asks every 20 ms until the answer is yes or `seconds` have passed; the last answer.
func eventually(within seconds: Double, _ condition: () throws -> Bool) rethrows -> Bool {
    let end = monotonicSeconds() + seconds
    while true {
        if try condition() { return true }
        if monotonicSeconds() > end { return false }
        pause(seconds: 0.02)
    }
}
