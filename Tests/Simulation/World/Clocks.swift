/// A clock that runs a little fast or slow, and can be moved. It reads `base` at true time `since`.
struct DriftingClock {
    /// Parts per million: 200 is 0.2 ms in a second, worse than any quartz.
    private var drift: Int64
    private var since: Int64 = 0
    private var base: Int64

    init(start: Int64, drift: Int64) {
        base = start
        self.drift = drift
    }

    /// Nanoseconds.
    func reading(at time: Int64) -> Int64 {
        let elapsed = time - since
        return base + elapsed + elapsed * drift / 1_000_000
    }

    /// The earliest true time at which the clock reads `reading` or more.
    func time(of reading: Int64) -> Int64 {
        var time = since + (reading - base) * 1_000_000 / (1_000_000 + drift)
        while self.reading(at: time) < reading { time += 1 }
        return time
    }

    mutating func step(by nanoseconds: Int64, at time: Int64) {
        base = reading(at: time) + nanoseconds
        since = time
    }

    mutating func drift(by partsPerMillion: Int64, at time: Int64) {
        base = reading(at: time)
        since = time
        drift = partsPerMillion
    }
}

/// A server's clock: the wall's, which may be stepped either way.
///
/// Bounds are stated on this clock (limits.md 4), so beside its reading it keeps its *progress*: how far it has gone
/// forward in all. A step back is no progress and takes none away, because a bucket refills only as the clock proceeds.
struct ServerClock {
    private var clock: DriftingClock
    private var progress: Int64 = 0
    private var last: Int64

    /// - Parameter micros: what it reads when the simulation begins, since 1970.
    init(micros: Int64, drift: Int64) {
        clock = DriftingClock(start: micros * 1_000, drift: drift)
        last = micros
    }

    mutating func read(at time: Int64) -> (micros: Int64, progress: Int64) {
        let micros = clock.reading(at: time) / 1_000
        progress += max(0, micros - last)
        last = micros
        return (micros, progress)
    }

    mutating func step(byMicros micros: Int64, at time: Int64) {
        _ = read(at: time)
        clock.step(by: micros * 1_000, at: time)
        // What it steps over going forward is progress; going back is not.
        _ = read(at: time)
    }

    mutating func drift(by partsPerMillion: Int64, at time: Int64) { clock.drift(by: partsPerMillion, at: time) }
}
