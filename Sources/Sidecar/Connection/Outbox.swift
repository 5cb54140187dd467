import Bytes

/// One worker's answers that are not sent yet, one behind another, and whose they are.
///
/// They leave when the loop's turn ends, all together: the first wakes the proxy, and the rest find it awake. Sent one
/// by one as they are decided, each would wake it anew, which costs the sender more than anything else it does (ADR
/// 18).
struct Outbox: ~Copyable {
    /// Where answers are put together. Written only by `CheckConnection`.
    var answers = ByteWriter(reserving: 16_384)
    /// Unmanaged, so that posting and sending retain nothing: a loop lets go of a connection that has ended only when
    /// the turn is over, and so after its answers.
    private(set) var senders: ContiguousArray<Unmanaged<CheckConnection>> = []

    /// With more than this, answers are sent without waiting for the turn to end, so that memory has a bound.
    static let bytesMax = 256 << 10
    /// The longest that an answer waits for others. Thirty checks of remembered credentials take less; a few
    /// signatures take more, and who stands behind them need not wait for the last.
    static let waitNanoseconds: UInt64 = 100_000

    /// When the oldest was put here, in monotonic nanoseconds.
    private var since: UInt64 = 0

    var isEmpty: Bool { senders.isEmpty }

    mutating func add(_ sender: CheckConnection) { senders.append(.passUnretained(sender)) }

    /// Notes that something was put here at `now`.
    ///
    /// - Returns: whether all should be sent without waiting for the turn to end.
    mutating func isDue(at now: UInt64) -> Bool {
        if since == 0 { since = now }
        return now &- since >= Outbox.waitNanoseconds || answers.count > Outbox.bytesMax
    }

    /// When all are sent.
    mutating func clear() {
        senders.removeAll(keepingCapacity: true)
        answers.clear()
        since = 0
    }
}
