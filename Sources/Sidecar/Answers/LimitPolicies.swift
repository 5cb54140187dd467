import Bytes
import Configuration
import Domain
import Limits

/// What never changes about each limit's headers, rendered once per Snapshot.
final class LimitPolicies: Sendable {
    /// What one limit's headers are made of: places in `bytes`.
    private struct Entry: Sendable {
        /// `"name"`.
        var name: ByteRange
        /// `"name";q=…;w=…`, its item of `RateLimit-Policy`.
        var item: ByteRange
        /// Both, as the headers of a check with this limit alone begin, up to its `r=`.
        var alone: ByteRange
        var burst: Int64
        /// `X-RateLimit-Limit` whole, and the beginning of what remains of it.
        var limit: ByteRange
    }

    /// One after another, so that writing a piece touches no reference count.
    private let bytes: ContiguousArray<UInt8>
    private let entries: ContiguousArray<Entry>
    let sendsIETF: Bool
    let sendsXRateLimit: Bool
    let resetIsEpoch: Bool

    init(_ snapshot: Snapshot) {
        let response = snapshot.settings.response
        sendsIETF = response.rateLimitHeaders.contains(.ietf)
        sendsXRateLimit = response.rateLimitHeaders.contains(.xRateLimit)
        resetIsEpoch = response.xRateLimitReset == .epoch
        var text = ByteWriter()
        entries = ContiguousArray(
            snapshot.limits.limits.map { limit in
                let (name, start) = ("\"\(limit.name)\"", text.count)
                let item = "\(name);q=\(limit.quota.quota.burst)\(LimitPolicies.window(of: limit))"
                text.write(text: item)
                let end = text.count
                text.write(text: "RateLimit-Policy: \(item)\r\nRateLimit: \(name);r=")
                let middle = text.count
                text.write(
                    text: "X-RateLimit-Limit: \(limit.quota.quota.burst)\r\nX-RateLimit-Remaining: ")
                return Entry(
                    name: ByteRange(start: start, count: name.utf8.count), item: ByteRange(start..<end),
                    alone: ByteRange(end..<middle), burst: limit.quota.quota.burst,
                    limit: ByteRange(middle..<text.count))
            })
        bytes = text.bytes
    }

    func writeName(_ limit: Int, to writer: inout ByteWriter) { writer.write(bytes, entries[limit].name) }

    func writeItem(_ limit: Int, to writer: inout ByteWriter) { writer.write(bytes, entries[limit].item) }

    func burst(_ limit: Int) -> Int64 { entries[limit].burst }

    func writeLimit(_ limit: Int, to writer: inout ByteWriter) { writer.write(bytes, entries[limit].limit) }

    func writeAlone(_ limit: Int, to writer: inout ByteWriter) { writer.write(bytes, entries[limit].alone) }

    /// `w`, in seconds, or what the quota counts where that is not requests in a time.
    private static func window(of limit: Limit) -> String {
        switch limit.counting {
        case .tokens: ";w=\(windowSeconds(limit.quota.quota))"
        case .slots: ";qu=\"concurrent-requests\""
        case .calendar(let terms): terms.unit.seconds.map { ";w=\($0)" } ?? ""
        }
    }

    /// The time to fill an empty bucket, rounded up to a whole second.
    private static func windowSeconds(_ quota: Quota) -> Int64 {
        let micros = Int128(quota.burst) * Int128(quota.period) / Int128(quota.tokens)
        return Int64((micros + 999_999) / 1_000_000)
    }
}

extension CalendarUnit {
    /// Nil where one is longer than another: the policy stays the same when the month ends.
    fileprivate var seconds: Int64? {
        switch self {
        case .minute: 60
        case .hour: 3_600
        case .day: 86_400
        case .week: 604_800
        case .month, .year: nil
        }
    }
}
