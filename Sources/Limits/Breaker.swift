/// Decides whether Redis may be asked, and when to try again after it failed (limits.md 24).
///
/// A value: events in, answers out. Deadlines, disconnects and refusals of the engine are failures; NOSCRIPT and
/// WRONGTYPE are not, and are never reported here.
public struct Breaker: Sendable {
    /// The first pause after a failure, in nanoseconds.
    public static let pauseMin: UInt64 = 50_000_000
    /// The longest. Recovery takes one pause and a handshake, so this is what bounds it.
    public static let pauseMax: UInt64 = 1_000_000_000

    public enum State: Equatable, Sendable {
        /// Calls may go.
        case closed
        /// None may, until this moment on the monotonic clock.
        case open(until: UInt64)
        /// One call or connection is out; the others wait for what becomes of it.
        case probing
    }

    public private(set) var state = State.closed
    /// Failures since the last call that succeeded: the exponent of the pause.
    public private(set) var failures = 0

    public init() {}

    /// Whether a call or a connection may be tried now. The first true after a pause is the one probe.
    public mutating func admits(at now: UInt64) -> Bool {
        switch state {
        case .closed: return true
        case .probing: return false
        case .open(let until):
            if now < until { return false }
            state = .probing
            return true
        }
    }

    /// Something that counts failed. Reports of calls that were under way together open it once.
    ///
    /// - Parameter random: any 64 bits. A pause is between half and all of its length, so that workers which failed
    ///   together do not come back together.
    /// - Returns: the moment of the next try.
    @discardableResult
    public mutating func failed(at now: UInt64, random: UInt64) -> UInt64 {
        if case .open(let until) = state { return until }
        let longest = min(Breaker.pauseMin << UInt64(min(failures, 8)), Breaker.pauseMax)
        failures += 1
        let until = now + longest / 2 + random % (longest / 2 + 1)
        state = .open(until: until)
        return until
    }

    /// A handshake went through: calls may go, and the next failure still pauses longer than the last.
    public mutating func connected() { state = .closed }

    /// A call was answered. An answer that comes after the breaker opened does not close it.
    public mutating func succeeded() {
        if case .open = state { return }
        state = .closed
        failures = 0
    }
}
