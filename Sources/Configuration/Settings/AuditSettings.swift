/// `audit`: who was refused, and a sample of who was not.
public struct AuditSettings: Sendable, Equatable {
    public enum Destination: Sendable, Hashable {
        /// An absolute path, appended to; opened anew on SIGHUP.
        case file(String)
        case standardOutput
    }

    public var destination: Destination
    /// `allowed`: how many of a million allowed checks are recorded. 0…1,000,000.
    public var allowedPerMillion = 0
    /// `key`: of the chain's HMAC, at least 32 bytes. Nil chains by digests, which finds accidents and no forger.
    public var key: Secret?
    /// `queue_bytes`: of records not yet written; more are dropped and counted. 65,536…268,435,456.
    public var queueBytes = 4 << 20
    public var position: SourcePosition = .none
}
