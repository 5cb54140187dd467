/// A file descriptor watched by a loop. What it does when something happens, its subclass says.
///
/// Used on its loop only. The loop holds it while it is watched, and to the end of the turn in which it stops, so that
/// whatever it calls may shut it.
open class EventSource {
    public unowned let loop: SocketLoop
    /// -1 once it is shut.
    public private(set) var descriptor: Int32
    /// Tells this source from an earlier one whose descriptor had the same number.
    var generation: UInt32 = 0

    /// Takes the descriptor over: whoever made it must not close it.
    init(_ descriptor: Int32, on loop: SocketLoop) {
        self.descriptor = descriptor
        self.loop = loop
    }

    deinit { if descriptor >= 0 { SocketCalls.close(descriptor) } }

    /// What it was watched for has happened, or its peer is gone.
    func handle(_ readiness: Readiness) {}

    /// The loop ends, and this with it.
    func loopEnded() { shut() }

    var isShut: Bool { descriptor < 0 }

    /// Stops watching and closes the descriptor. Once is enough; more does nothing.
    func shut() {
        guard descriptor >= 0 else { return }
        loop.forget(self)
        SocketCalls.close(descriptor)
        descriptor = -1
    }

    /// Stops watching, and gives the descriptor to whoever asks: this source is of no use afterwards.
    func release() -> Int32 {
        loop.forget(self)
        defer { descriptor = -1 }
        return descriptor
    }
}
