/// Whether Redis can be asked, for /readyz and the log.
public enum StoreHealth: Equatable, Sendable {
    /// No connection has succeeded or failed yet.
    case connecting
    case up
    /// `since` is monotonic nanoseconds.
    case down(since: UInt64, reason: RedisFailure)
}

/// Why Redis is of no use at the moment. No case carries text from the server, so no secret can come along.
public enum RedisFailure: String, Error, Sendable {
    case unreachable = "connection refused or timed out"
    case disconnected = "connection lost"
    case tls = "TLS cannot be agreed on"
    case deadline = "no answer within the deadline"
    case authentication = "authentication refused"
    case database = "database cannot be selected"
    case permission = "the ACL refuses a command; see docs/failure-modes.md"
    case replica = "the server is a replica"
    case outOfMemory = "out of memory (OOM)"
    case persistence = "refuses writes because persistence fails (MISCONF)"
    case loading = "loading its data"
    case busy = "busy with a script"
    case cluster = "the server is part of a cluster that cannot serve the key"
    case noMaster = "no Sentinel names a master"
    case failedOver = "Sentinel names another master"
    case notACluster = "has cluster support disabled"
    case notEnoughReplicas = "not enough replicas (NOREPLICAS)"
    case tooManyClients = "accepts no more clients (maxclients)"
    case scriptRefused = "refuses the script"
    case protocolViolation = "an answer that is not RESP or not the script's"
    case closed = "the store was closed"
}

/// What is well enough to serve and still worth telling (limits.md 26).
public enum RedisWarning: String, CaseIterable, Sendable {
    case evicts = "maxmemory-policy is not noeviction: Redis may drop buckets, and a dropped bucket is a full one"
    case policyUnknown = "maxmemory-policy cannot be read: the ACL refuses CONFIG GET"
    case partlyDown = "a node of the cluster cannot be asked: its checks are decided by on_failure"
    case roleUnknown = "the server's role cannot be read: the ACL refuses ROLE"
}

/// A change of state, for the log: never one per check.
public enum RedisEvent: Equatable, Sendable {
    case up
    case down(RedisFailure)
    case warning(RedisWarning)
    /// Every node of the cluster can be asked again.
    case whole
    /// The script was gone (SCRIPT FLUSH, failover) and was loaded again.
    case scriptReloaded
    /// A value under a key of ours was not a bucket. Reported once per connection.
    case unreadableBucket
}
