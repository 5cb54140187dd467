import Bytes

/// The dates of RFC 7519 section 2: seconds since 1970, whole or not.
enum NumericDate {
    enum Rounding { case down, up }

    /// The last second of the year 9999. Beyond it lie milliseconds taken for seconds, and numbers made to overflow
    /// whoever adds to them.
    static let latest: Int64 = 253_402_300_799

    /// The date a claim holds, or nil where there is no such claim.
    ///
    /// - Parameter rounding: towards refusing, where the claim is one that a refusal hangs on.
    static func claim(
        _ name: String, of claims: JSONObject, rounding: Rounding
    ) throws(TokenRefusal) -> Int64? {
        guard let value = claims[name] else { return nil }
        guard case .number(let number) = value, let seconds = seconds(number, rounding) else {
            throw TokenRefusal(.claimWrongType, claim: name)
        }
        return seconds
    }

    /// nil for a number that is no date: not finite, or beyond `latest` on either side.
    static func seconds(_ number: JSONNumber, _ rounding: Rounding) -> Int64? {
        if let whole = number.integer { return -latest...latest ~= whole ? whole : nil }
        // Up to `latest` a Double is exact to 31 microseconds; NaN and the infinities fail the comparison.
        let value = number.double
        guard abs(value) <= Double(latest) else { return nil }
        return Int64(rounding == .down ? value.rounded(.down) : value.rounded(.up))
    }
}
