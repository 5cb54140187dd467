import Domain
import Limits

extension SettingsDecoder {
    /// `auth.failed_credentials`. A rate without a burst gets twice its number, as the default has.
    func failedCredentials(_ auth: Section, _ bounds: Bounds) -> FailedCredentialSettings {
        let section = section(auth, "failed_credentials", .failedCredentials)
        var settings = FailedCredentialSettings()
        settings.isEnabled = flag(section, "enabled", or: true)
        let burst = section["burst"].flatMap { integer($0, "burst", in: 1...Self.maxBurst) }.map { Int64($0) }
        guard let node = section["rate"] else {
            let standard = settings.quota
            settings.quota = Quota(tokens: standard.tokens, period: standard.period, burst: burst ?? standard.burst)
            return settings
        }
        if let rate = rate(node, "rate"),
            let quota = quota(
                rate, burst: burst ?? (rate.tokens > Int64.max / 2 ? rate.tokens : rate.tokens * 2), bounds,
                rateAt: node.position,
                burstAt: section["burst"]?.position)
        {
            settings.quota = quota
        }
        return settings
    }
}
