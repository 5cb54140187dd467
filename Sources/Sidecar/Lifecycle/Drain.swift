import Glibc
import NIOCore

/// The end of a process: lets go of connections without losing an answer.
///
/// A proxy may send on an idle kept connection at any moment, so idle ones are kept a while longer, and whatever they
/// still ask is answered with `Connection: close` (gate.md 21). After that, or after the last of the drain time, all
/// are closed.
struct Drain {
    let pool: WorkerPool
    let seconds: Int

    /// How long nothing may have been in flight before idle connections are closed.
    private static let quietMilliseconds = 500
    private static let stepMilliseconds = 25

    func wait() {
        let deadline = Clock.monotonic() + UInt64(seconds) * 1_000_000_000
        var quiet = 0
        while Clock.monotonic() < deadline {
            guard let counts = try? pool.collect(on: pool.workers[0].eventLoop, { $0.load }).wait() else { break }
            if counts.allSatisfy({ $0.open == 0 }) { break }
            quiet = counts.allSatisfy({ $0.busy == 0 }) ? quiet + Drain.stepMilliseconds : 0
            if quiet >= Drain.quietMilliseconds { break }
            usleep(UInt32(Drain.stepMilliseconds) * 1_000)
        }
        pool.close()
    }
}
