import Bytes
public import Domain

/// One worker's way into the audit log: decides which checks are recorded, and encodes them in memory of its own.
///
/// After its longest record it allocates nothing, because whoever is refused chooses how often to ask.
public struct AuditWriter: ~Copyable {
    private let log: AuditLog
    private var body = ByteWriter(reserving: 2_048)
    private var random: UInt64
    /// An allow is recorded if the next random number lies below; nil records all of them.
    private var threshold: UInt64?

    /// - Parameters:
    ///   - allowedShare: how many of the allows are recorded, 0…1. Every denial is.
    ///   - seed: for tests; by default unknown, so that nobody can place a request between two samples.
    public init(_ log: AuditLog, allowedShare: Double, seed: UInt64 = .random(in: .min ... .max)) {
        self.log = log
        random = seed
        setAllowedShare(allowedShare)
    }

    /// For a reload.
    public mutating func setAllowedShare(_ share: Double) {
        threshold = share >= 1 ? nil : share > 0 ? UInt64(share * 0x1p64) : 0
    }

    /// Whether a check that ended so is to be submitted. Asking draws a number: ask once.
    public mutating func wants(_ decision: Decision) -> Bool {
        guard decision.isAllowed, let threshold else { return true }
        if threshold == 0 { return false }
        return next() < threshold
    }

    /// Hands a record over. Never waits for a file.
    ///
    /// - Parameter bytes: what the ranges of `record.request` lie in.
    public mutating func submit(_ record: AuditRecord, _ bytes: borrowing Span<UInt8>) {
        body.clear()
        body.write(body: record, bytes)
        log.submit(body.bytes)
    }

    /// SplitMix64: even, and a few additions.
    private mutating func next() -> UInt64 {
        random &+= 0x9E37_79B9_7F4A_7C15
        var value = random
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
