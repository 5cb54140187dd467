/// A request that has been accepted: its completion will be called exactly once.
struct Submission: Sendable {
    typealias Completion = @Sendable (Result<OutboundResponse, OutboundFault>) -> Void

    var request: OutboundRequest
    /// Nanoseconds on the monotonic clock.
    var deadline: UInt64
    var completion: Completion
}
