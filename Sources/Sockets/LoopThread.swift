import CLinux
import Glibc

/// A loop and the thread it runs on.
public final class LoopThread {
    public let loop: SocketLoop
    private var thread = pthread_t()
    private var isRunning = true

    /// - Parameter name: what the thread is called in `top` and `perf`; 15 bytes at most.
    public init(name: String) throws(SocketError) {
        let loop = try SocketLoop()
        self.loop = loop
        let start = Unmanaged.passRetained(Start(loop: loop, name: name))
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                postern_name_thread(start.name)
                start.loop.run()
                return nil
            }, start.toOpaque())
        if status != 0 {
            start.release()
            throw SocketError("pthread_create", status)
        }
    }

    private final class Start {
        let loop: SocketLoop
        let name: String

        init(loop: SocketLoop, name: String) { (self.loop, self.name) = (loop, name) }
    }

    /// Ends the loop and waits for its thread: sockets are closed, timers and tasks that wait are let go of.
    public func end() {
        guard isRunning else { return }
        isRunning = false
        loop.execute { [loop] in loop.end() }
        pthread_join(thread, nil)
    }
}
