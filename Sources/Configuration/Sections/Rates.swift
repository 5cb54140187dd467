import Domain
import Limits

// Rates as they are written, and the quotas made of them.

extension SettingsDecoder {
    func rate(_ node: YAMLNode, _ key: String) -> WrittenRate? {
        guard let text = text(node, key) else { return nil }
        do throws(RateNotationError) {
            return try RateNotation.parse(Array(text.value.utf8).span)
        } catch {
            problems.error(node.position, "`\(key)` \(Self.reason(for: error))")
            return nil
        }
    }

    func calendarRate(_ node: YAMLNode) -> WrittenCalendarRate? {
        guard let text = text(node, "rate") else { return nil }
        do throws(RateNotationError) {
            return try RateNotation.parseCalendar(Array(text.value.utf8).span)
        } catch {
            problems.error(node.position, "`rate` \(Self.reason(for: error))")
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
        case .unitOfCalendar: "has a unit of the calendar; week, month and year need `window: calendar` beside them"
        case .notOfCalendar:
            "needs one unit of the calendar with `window: calendar`: minute, hour, day, week, month or year"
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
            case .debtTooLarge(let largest): problems.error(rateAt, "this rate allows a debt of at most \(largest)")
            case .costTooLarge(let largest):
                problems.error(rateAt, "this rate allows a `bounds.max_cost` of at most \(largest)")
            case .rateTooSlow: problems.error(rateAt, "one token would take 35 years")
            case .rateTooFine(let most): problems.error(rateAt, "the rate's number must be at most \(most)")
            }
            return nil
        }
    }
}
