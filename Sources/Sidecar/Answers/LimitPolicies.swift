import Bytes
import Configuration
import Domain
import Limits

/// What never changes about each limit's headers, rendered once per Snapshot.
final class LimitPolicies: Sendable {
    /// `"name"` of each limit, and its `"name";q=…;w=…` item of `RateLimit-Policy`.
    let names: ContiguousArray<[UInt8]>
    let items: ContiguousArray<[UInt8]>
    let sendsIETF: Bool
    let sendsXRateLimit: Bool
    let resetIsEpoch: Bool

    init(_ snapshot: Snapshot) {
        let response = snapshot.settings.response
        sendsIETF = response.rateLimitHeaders.contains(.ietf)
        sendsXRateLimit = response.rateLimitHeaders.contains(.xRateLimit)
        resetIsEpoch = response.xRateLimitReset == .epoch
        names = ContiguousArray(snapshot.limits.limits.map { [UInt8]("\"\($0.name)\"".utf8) })
        items = ContiguousArray(
            snapshot.limits.limits.map { limit in
                let window = LimitPolicies.windowSeconds(limit.quota.quota)
                return [UInt8]("\"\(limit.name)\";q=\(limit.quota.quota.burst);w=\(window)".utf8)
            })
    }

    /// `w`: the time to fill an empty bucket, rounded up to a whole second.
    private static func windowSeconds(_ quota: Quota) -> Int64 {
        let micros = Int128(quota.burst) * Int128(quota.period) / Int128(quota.tokens)
        return Int64((micros + 999_999) / 1_000_000)
    }
}
