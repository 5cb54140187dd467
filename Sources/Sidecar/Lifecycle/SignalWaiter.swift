import Glibc

/// Signals as values, taken one at a time by the main thread. No handler ever interrupts anything.
package struct SignalWaiter {
    enum Event { case terminate, reload, none }

    private var set = sigset_t()

    /// Blocks the signals in this thread and in every thread started after it: call before any is.
    package init() {
        sigemptyset(&set)
        for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        // A peer that closes while we write is an error of that write, not of the process.
        signal(SIGPIPE, SIG_IGN)
    }

    /// The next signal, or `none` after `milliseconds`.
    func wait(milliseconds: Int) -> Event {
        var timeout = timespec(tv_sec: milliseconds / 1_000, tv_nsec: milliseconds % 1_000 * 1_000_000)
        var set = set
        switch sigtimedwait(&set, nil, &timeout) {
        case SIGTERM, SIGINT: return .terminate
        case SIGHUP: return .reload
        default: return .none
        }
    }
}
