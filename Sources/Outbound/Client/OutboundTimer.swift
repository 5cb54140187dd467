/// Calls its action on the outbound thread at a moment; setting it again moves the moment. Cancelled when let go of.
public final class OutboundTimer: Sendable {
    private let state: OutboundState
    private let identifier: Int

    init(state: OutboundState, identifier: Int) {
        self.state = state
        self.identifier = identifier
    }

    deinit { state.removeTimer(identifier) }

    /// - Parameter moment: nanoseconds on the monotonic clock, at once if past; nil for never.
    public func set(at moment: UInt64?) { state.setTimer(identifier, at: moment) }
}
