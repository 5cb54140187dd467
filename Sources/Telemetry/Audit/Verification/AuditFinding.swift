import Bytes
import Credentials

/// Something `postern audit verify` has to say about a file.
public struct AuditFinding: Equatable, Sendable, CustomStringConvertible {
    public var path: String
    /// Counted from 1, or nil where it is about the whole file.
    public var line: Int?
    /// A problem fails the verification. What is no problem is worth knowing: where the evidence ends.
    public var isProblem: Bool
    public var text: String

    public var description: String {
        let place = line.map { "\(path):\($0)" } ?? path
        return "\(place): \(isProblem ? "" : "note: ")\(text)"
    }
}

/// What a head was seen to be, from the log line `audit head` or from /metrics: the number of a line, and what the
/// chain was after it. Lines up to that one cannot be missing from an honest log.
public struct AuditHead: Equatable, Sendable {
    public let sequence: UInt64
    let digest: Digest256?
    let short: UInt64

    /// `SEQ:` and the 64 hexadecimal digits of the log, or the value of `postern_audit_head` in decimal.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let sequence = UInt64(parts[0]), sequence > 0 else { return nil }
        self.sequence = sequence
        if parts[1].utf8.count == 64 {
            guard let digest = Digest256(hex: Array(parts[1].utf8).span) else { return nil }
            (self.digest, short) = (digest, digest.short)
        } else {
            guard let short = UInt64(parts[1]), short < 1 << 48 else { return nil }
            (digest, self.short) = (nil, short)
        }
    }

    func matches(_ head: Digest256) -> Bool { digest.map { $0 == head } ?? (short == head.short) }
}
