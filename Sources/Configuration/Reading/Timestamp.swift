/// RFC 3339 date-times: `2027-01-01T00:00:00Z`, with a fraction or an offset if need be.
enum Timestamp {
    /// Seconds since 1970, or nil. A fraction is dropped. No leap second (`:60`), no lower-case `t` or `z`, and no
    /// time without its zone: two readers would take it for two moments.
    static func parse(_ text: String) -> Int64? {
        var bytes = Array(text.utf8)[...]
        guard let year = take(4, &bytes), literal(0x2D, &bytes), let month = take(2, &bytes), literal(0x2D, &bytes),
            let day = take(2, &bytes), literal(0x54, &bytes), let hour = take(2, &bytes), literal(0x3A, &bytes),
            let minute = take(2, &bytes), literal(0x3A, &bytes), let second = take(2, &bytes)
        else { return nil }
        guard year >= 1970, (1...12).contains(month), day >= 1, day <= days(of: month, year),
            hour < 24, minute < 60, second < 60
        else { return nil }
        if literal(0x2E, &bytes) {
            let fraction = bytes.prefix { $0 &- 0x30 < 10 }
            guard (1...9).contains(fraction.count) else { return nil }
            bytes = bytes.dropFirst(fraction.count)
        }
        guard let offset = zone(bytes) else { return nil }
        return daysSince1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
    }

    private static func take(_ count: Int, _ bytes: inout ArraySlice<UInt8>) -> Int64? {
        guard bytes.count >= count else { return nil }
        var value: Int64 = 0
        for byte in bytes.prefix(count) {
            guard byte &- 0x30 < 10 else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        bytes = bytes.dropFirst(count)
        return value
    }

    private static func literal(_ byte: UInt8, _ bytes: inout ArraySlice<UInt8>) -> Bool {
        guard bytes.first == byte else { return false }
        bytes = bytes.dropFirst()
        return true
    }

    /// Seconds east of UTC.
    private static func zone(_ bytes: ArraySlice<UInt8>) -> Int64? {
        if bytes.elementsEqual([0x5A]) { return 0 }
        guard let sign = bytes.first, sign == 0x2B || sign == 0x2D else { return nil }
        var rest = bytes.dropFirst()
        guard let hours = take(2, &rest), literal(0x3A, &rest), let minutes = take(2, &rest), rest.isEmpty, hours < 24,
            minutes < 60
        else { return nil }
        return (hours * 3_600 + minutes * 60) * (sign == 0x2D ? -1 : 1)
    }

    private static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func days(of month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Howard Hinnant's `days_from_civil`, with years that begin in March so that a leap day comes last.
    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
