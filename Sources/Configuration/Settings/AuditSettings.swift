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
    /// `queue_records`: written but not yet on the disk, over all workers; more are dropped and counted. 64…1,000,000.
    public var queueRecords = 8_192
    public var position: SourcePosition = .none
}
