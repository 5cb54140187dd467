import Domain
import Limits

/// `limits[].precision`.
enum Precision: String, CaseIterable {
    case exact, leased
}

extension SettingsDecoder {
    /// Whether and how long tokens of a limit are held ahead of demand (limits.md 13, 17, 19).
    ///
    /// - Parameter written: nil where the file leaves it to us: exact, but in a cluster leased for what is wider than
    ///   subject and key, if it can be.
    func lease(
        _ limit: LimitSettings, written: Precision?, _ section: Section, _ store: LimitSurroundings.Store
    ) -> LeaseTerms? {
        let position = section.position(of: "precision")
        let isWideInCluster = store == .cluster && limit.per != .subject && limit.per != .key
        if written == .leased, let reason = reason(againstLeasing: limit) {
            problems.error(position, "`precision: leased` \(reason)")
            return nil
        }
        let isLeased = written == .leased || (written == nil && isWideInCluster)
        guard isLeased, reason(againstLeasing: limit) == nil else {
            if isWideInCluster { warnOfTrips(at: position) }
            return nil
        }
        if store == .memory {
            problems.warning(position, "`precision: leased` has no effect without Redis; the limit is exact")
            return nil
        }
        let terms = LeaseTerms(for: limit.quota)
        if terms.lifetimeMicros < LeaseTerms.lifetimeMin {
            problems.warning(
                position, "a lease of this limit would last less than 5 ms, a tenth of burst/rate; it is served exact")
            if isWideInCluster { warnOfTrips(at: position) }
            return nil
        }
        if terms.holdBack(from: limit.quota) < limit.quota.burst { return terms }
        if written == nil {
            warnOfTrips(at: position)
        } else {
            problems.error(position, "`precision: leased` needs a `burst` of at least 2: leases hold a part of it back")
        }
        return nil
    }

    private func reason(againstLeasing limit: LimitSettings) -> String? {
        switch limit.counting {
        case .calendar: "is for rates; calendar quotas are always exact"
        case .slots: "is for rates; concurrency limits are always exact"
        case .tokens: limit.settlement == nil ? nil : "cannot settle; a limit with `settle` is always exact"
        }
    }

    /// limits.md 13.
    private func warnOfTrips(at position: SourcePosition) {
        problems.warning(
            position,
            "this limit is exact and lies in a hash slot of its own: in a cluster each check it holds for waits for "
                + "one more call to Redis, after those for its other limits")
    }
}

extension LeaseTerms {
    /// Below this a limit is served exact.
    static let lifetimeMin: Int64 = 5_000

    /// Λ = min(1 s, B/(10·r)).
    init(for quota: Quota) {
        let tenth = Int128(quota.burst) * Int128(quota.period) / (10 * Int128(quota.tokens))
        self.init(lifetimeMicros: Int64(clamping: min(1_000_000, tenth)))
    }

    /// ceil(r·Λ): what everybody does without, so that tokens that were leased and then refilled never come on top of
    /// a full bucket.
    func holdBack(from quota: Quota) -> Int64 {
        let (whole, rest) = (Int128(lifetimeMicros) * Int128(quota.tokens)).quotientAndRemainder(
            dividingBy: Int128(quota.period))
        return Int64(clamping: whole + (rest > 0 ? 1 : 0))
    }
}
