/// Times as people give them to `postern keys`.
package enum KeyTime {
    private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
    /// A century: more is a typing error.
    private static let secondsMax: Int64 = 100 * 366 * 86_400

    /// Seconds in `90s`, `15m`, `24h`, `7d` or `2w`; nil for anything else.
    package static func duration(_ text: String) -> Int64? {
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count >= 0,
            text.first != "+", count <= secondsMax / unit
        else { return nil }
        return count * unit
    }

    /// Seconds since 1970: of a duration from now, or of a time with its zone, as `2027-01-01T00:00:00Z`.
    package static func moment(_ text: String, now: Int64) -> Int64? {
        duration(text).map { now + $0 } ?? Timestamp.parse(text)
    }
}
