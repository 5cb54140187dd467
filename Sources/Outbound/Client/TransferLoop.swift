import CLibcurl
import Glibc

/// The outbound thread: takes requests, lets libcurl work on them, ends what is past its deadline, fires timers and
/// sleeps.
///
/// The deadlines are ours and not libcurl's, whose clock stands still while a request waits for a connection.
final class TransferLoop {
    private let shared: OutboundState
    private let multi: UnsafeMutableRawPointer
    private var transfers: [UnsafeMutableRawPointer: Transfer] = [:]
    /// Easy handles without a request.
    private var idle: [UnsafeMutableRawPointer] = []

    init(_ shared: OutboundState) {
        guard let multi = shared.borrowMulti() else { preconditionFailure("a loop starts before it ends") }
        self.shared = shared
        self.multi = multi
    }

    func run() {
        TransferLoop.blockSignals()
        while true {
            let turn = shared.beginTurn(at: Clock.monotonic)
            if turn.isClosing { return close(turn.arrivals) }
            for action in turn.due { action() }
            for submission in turn.arrivals { begin(submission) }
            var running: Int32 = 0
            _ = curl_multi_perform(multi, &running)
            collect()
            let next = expire(at: Clock.monotonic)
            sleep(until: [next, turn.nextTimer].compactMap { $0 }.min())
        }
    }

    /// Signals are for the main thread, and libcurl's sockets must not end the process with SIGPIPE. The threads that
    /// resolve names inherit this.
    private static func blockSignals() {
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, nil)
    }

    private func begin(_ submission: Submission) {
        guard let easy = idle.popLast() ?? curl_easy_init() else { return finish(submission, .failure(.transport)) }
        let transfer = Transfer(submission, easy: easy)
        guard transfer.isComplete, curl_multi_add_handle(multi, easy) == CURLM_OK else {
            release(easy)
            return finish(submission, .failure(.transport))
        }
        transfers[easy] = transfer
    }

    /// Everything libcurl is done with.
    private func collect() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            // The message is gone once the handle is removed.
            let code = message.pointee.data.result
            guard let transfer = transfers[easy] else { continue }
            end(transfer, transfer.result(code))
        }
    }

    /// - Returns: the next deadline.
    private func expire(at now: UInt64) -> UInt64? {
        var next: UInt64?
        var late: [Transfer] = []
        for transfer in transfers.values {
            let deadline = transfer.submission.deadline
            if deadline <= now { late.append(transfer) } else { next = min(next ?? deadline, deadline) }
        }
        for transfer in late { end(transfer, .failure(.deadline)) }
        return next
    }

    private func end(_ transfer: Transfer, _ result: Result<OutboundResponse, OutboundFault>) {
        transfers[transfer.easy] = nil
        curl_multi_remove_handle(multi, transfer.easy)
        release(transfer.easy)
        finish(transfer.submission, result)
    }

    private func finish(_ submission: Submission, _ result: Result<OutboundResponse, OutboundFault>) {
        shared.finished(result)
        submission.completion(result)
    }

    /// Forgets everything about the request, secrets included; connections stay with the multi handle.
    private func release(_ easy: UnsafeMutableRawPointer) {
        curl_easy_reset(easy)
        if idle.count < OutboundBounds.idleHandlesMax { idle.append(easy) } else { curl_easy_cleanup(easy) }
    }

    /// Until the moment, something on a socket, one of libcurl's own timers, or a wakeup.
    private func sleep(until moment: UInt64?) {
        var millis = OutboundBounds.sleepMillisMax
        if let moment {
            let now = Clock.monotonic
            // Rounded up, or the last millisecond would be spent turning.
            millis = moment <= now ? 0 : min((moment - now + 999_999) / 1_000_000, millis)
        }
        curl_multi_poll(multi, nil, 0, Int32(millis), nil)
    }

    private func close(_ arrivals: [Submission]) {
        for transfer in Array(transfers.values) { end(transfer, .failure(.closed)) }
        for submission in arrivals { finish(submission, .failure(.closed)) }
        for easy in idle { curl_easy_cleanup(easy) }
        shared.end()
    }
}
