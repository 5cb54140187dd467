public import Dispatch
public import NIOCore

// What NIO asks of an event loop beside `execute`.
extension SocketLoop {
    public func scheduleTask<T>(deadline: NIODeadline, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        let promise = makePromise(of: T.self)
        let timer = UncheckedBox(
            TimerHeap.Timer(deadline) { promise.assumeIsolated().completeWith(Result { try task() }) })
        if inEventLoop { add(timer.value) } else { execute { self.add(timer.value) } }
        return Scheduled(promise: promise) {
            if self.inEventLoop { self.cancel(timer.value) } else { self.execute { self.cancel(timer.value) } }
        }
    }

    public func scheduleTask<T>(in wait: TimeAmount, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        scheduleTask(deadline: .now() + wait, task)
    }

    /// A loop is ended by who started its thread, with `LoopThread.end`.
    public func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        queue.async { callback(EventLoopError.unsupportedOperation) }
    }
}
