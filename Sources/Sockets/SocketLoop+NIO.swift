public import Dispatch
public import NIOCore

// What NIO asks of an event loop beside `execute`.
extension SocketLoop {
    public func scheduleTask<T>(deadline: NIODeadline, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        let promise = makePromise(of: T.self)
        let slot = TimerSlot()
        onLoop { [self] in
            guard !slot.isCancelled else { return }
            slot.timer = addTimer(deadline) { promise.assumeIsolated().completeWith(Result { try task() }) }
        }
        return Scheduled(promise: promise) { [self] in
            onLoop { [self] in
                slot.isCancelled = true
                if let timer = slot.timer { remove(timer) }
                slot.timer = nil
            }
        }
    }

    public func scheduleTask<T>(in wait: TimeAmount, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        scheduleTask(deadline: .now() + wait, task)
    }

    /// At once on the loop, as one of its next tasks from elsewhere.
    private func onLoop(_ body: @escaping @Sendable () -> Void) {
        if inEventLoop { body() } else { execute(body) }
    }

    /// A loop is ended by who started its thread, with `LoopThread.end`.
    public func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        queue.async { callback(EventLoopError.unsupportedOperation) }
    }
}

/// What a scheduled task and who may cancel it share; touched on the loop only.
private final class TimerSlot: @unchecked Sendable {
    var timer: TimerHeap.Timer?
    var isCancelled = false
}
