import Bytes
import Domain
import Limits

extension SettingsDecoder {
    /// One script call holds 32 buckets (limits.md 9), and one of a check's is its role's.
    static let maxLimits = 31
    static let maxBurst = Int(Int32.max)

    func limits(_ file: Section, _ bounds: Bounds) -> [LimitSettings] {
        var names: Set<String> = []
        return items(file, "limits", atMost: Self.maxLimits).compactMap { node in
            guard let section = section(node, .limit), let limit = limit(section, bounds) else { return nil }
            if !names.insert(limit.name).inserted {
                problems.error(
                    section.position(of: "name"), "limit \(Echo.word(limit.name) ?? "of this name") is defined twice")
            }
            return limit
        }
    }

    private enum Precision: String, CaseIterable { case exact }

    private func limit(_ section: Section, _ bounds: Bounds) -> LimitSettings? {
        for key in ["name", "per", "rate"] { require(section, key, in: "a limit") }
        let name = limitName(section)
        let scope: LimitSettings.Scope? = section["per"].flatMap { word($0, "per") }
        let rate = section["rate"].flatMap { self.rate($0, "rate") }
        let burst = section["burst"].flatMap { integer($0, "burst", in: 1...Self.maxBurst) }
        let enforce = flag(section, "enforce", or: true)
        _ = word(section, "precision", or: Precision.exact, later: ["leased"])
        refuseEmpty(section, "roles", "remove it to mean everyone")
        let roles = grants(section, "roles")
        guard let name, let scope, let rate,
            let quota = quota(
                rate, burst: burst.map { Int64($0) } ?? rate.tokens, bounds,
                rateAt: section["rate"]?.position ?? section.position, burstAt: section["burst"]?.position)
        else { return nil }
        return LimitSettings(
            name: name, per: scope, quota: quota, enforce: enforce, roles: roles, position: section.position)
    }

    private func limitName(_ section: Section) -> String? {
        guard let node = section["name"], let text = name(node, "name") else { return nil }
        let isFit = text.value.utf8.allSatisfy {
            ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == 0x5F || $0 == 0x2E || $0 == 0x2D
        }
        if isFit, text.value.utf8.count <= 64 { return text.value }
        problems.error(node.position, "a limit's `name` may hold up to 64 letters, digits, `_`, `.` and `-`")
        return nil
    }

    func rate(_ node: YAMLNode, _ key: String) -> WrittenRate? {
        guard let text = text(node, key) else { return nil }
        do throws(RateNotationError) {
            return try RateNotation.parse(Array(text.value.utf8).span)
        } catch {
            problems.error(node.position, "`\(key)` \(Self.reason(for: error))")
            return nil
        }
    }

    private static func reason(for error: RateNotationError) -> String {
        switch error {
        case .countMissing: "must start with a whole number, as `100/hour`"
        case .countFractional: "needs a whole number; write `30/minute` for half a one each second"
        case .countZero: "must allow at least 1"
        case .separatorMissing: "needs `/` or ` per ` after its number, as `100/hour`"
        case .periodZero: "has a period of 0"
        case .unitMissing: "needs a unit: second, minute, hour or day"
        case .unitUnknown: "has an unknown unit; known are s, sec, second, m, min, minute, h, hour, d, day and plurals"
        case .unitOfCalendar: "has a unit of the calendar; week, month and year are not supported by this version"
        case .severalRates: "holds several rates; give each a limit of its own in `limits`"
        case .overflow: "is too large"
        }
    }

    /// The quota, if a store can keep it exactly.
    func quota(
        _ rate: WrittenRate, burst: Int64, _ bounds: Bounds, rateAt: SourcePosition, burstAt: SourcePosition?
    ) -> Quota? {
        let quota = Quota(tokens: rate.tokens, period: rate.periodMicros, burst: burst)
        do throws(QuotaError) {
            _ = try CompiledQuota(quota, maxCost: Int64(bounds.maxCost))
            return quota
        } catch {
            switch error {
            case .burstTooLarge(let largest):
                problems.error(
                    burstAt ?? rateAt, "the burst would take 35 years to refill; at this rate at most \(largest)")
            case .debtTooLarge(let largest):
                problems.error(rateAt, "at this rate a debt of at most \(largest) is possible")
            case .costTooLarge(let largest):
                problems.error(rateAt, "this rate allows a `bounds.max_cost` of at most \(largest)")
            case .rateTooSlow: problems.error(rateAt, "one token would take 35 years")
            case .rateTooFine(let most): problems.error(rateAt, "the rate's number must be at most \(most)")
            }
            return nil
        }
    }
}
