import Bytes
import Domain

// How text that a client chose stands in an audit line: as a JSON string of ASCII alone, so that no byte of it can end
// a line, drive a terminal, or be read differently by two programs.

extension ByteWriter {
    /// `,"name":"text"`, at most `limit` bytes of it; what was longer is followed by `,"name_bytes":N`.
    mutating func write(field name: StaticString, _ text: borrowing Span<UInt8>, atMost limit: Int) {
        write(fieldName: name)
        write(0x22)
        write(ascii: text.extracting(..<ByteWriter.cut(text, atMost: limit)))
        write(0x22)
        guard text.count > limit else { return }
        write(",\"")
        write(name)
        write("_bytes\":")
        write(decimal: Int64(text.count))
    }

    /// As above, for text that is a String already. A native String lends its bytes; nothing is copied.
    mutating func write(field name: StaticString, _ text: String, atMost limit: Int) {
        var text = text
        text.withUTF8 { write(field: name, $0.span, atMost: limit) }
    }

    /// `,"name":"word"` for words of ours, which need no escaping.
    mutating func write(field name: StaticString, word: StaticString) {
        write(fieldName: name)
        write(0x22)
        write(word)
        write(0x22)
    }

    /// `,"name":`
    mutating func write(fieldName name: StaticString) {
        write(",\"")
        write(name)
        write("\":")
    }

    /// The inside of a JSON string. What is not ASCII becomes `\uXXXX`, and what is not UTF-8 becomes U+FFFD.
    mutating func write(ascii text: borrowing Span<UInt8>) {
        text.withUnsafeBufferPointer { bytes in
            var index = 0
            while index < bytes.count {
                var end = index
                while end < bytes.count, ByteWriter.isPlain(bytes[end]) { end += 1 }
                if end > index { write(UnsafeBufferPointer(rebasing: bytes[index..<end]).span) }
                guard end < bytes.count else { return }
                index = end
                if bytes[index] < 0x80 {
                    write(jsonByte: bytes[index])
                    index += 1
                } else {
                    index += write(scalar: UnsafeBufferPointer(rebasing: bytes[index...]))
                }
            }
        }
    }

    /// Whether a byte stands for itself in a JSON string; nearly all do, and are copied in runs.
    private static func isPlain(_ byte: UInt8) -> Bool { byte &- 0x20 < 0x5F && byte != 0x22 && byte != 0x5C }

    /// The first scalar of `bytes`.
    ///
    /// - Returns: how many bytes it took, at least one.
    private mutating func write(scalar bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var parser = Unicode.UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        switch parser.parseScalar(from: &rest) {
        case .valid(let encoded):
            let scalar = Unicode.UTF8.decode(encoded)
            if UTF16.width(scalar) == 2 {
                write(unit: UTF16.leadSurrogate(scalar))
                write(unit: UTF16.trailSurrogate(scalar))
            } else {
                write(unit: UInt16(scalar.value))
            }
            return encoded.count
        case .error(let length):
            write(unit: 0xFFFD)
            return max(length, 1)
        case .emptyInput:
            return 1
        }
    }

    private mutating func write(unit: UInt16) {
        write("\\u")
        for shift in stride(from: UInt16(12), through: 0, by: -4) {
            write(ASCII.hexDigit(UInt8(truncatingIfNeeded: unit >> shift) & 15))
        }
    }

    /// At most `limit`, and not in the middle of a scalar.
    private static func cut(_ text: borrowing Span<UInt8>, atMost limit: Int) -> Int {
        guard text.count > limit else { return text.count }
        var end = limit
        while end > 0, limit - end < 3, text[end] & 0xC0 == 0x80 { end -= 1 }
        return end
    }
}

extension ByteWriter {
    /// Milliseconds since 1970 as RFC 3339 in UTC, always 24 bytes; times outside of 1970…9999 are moved to its ends.
    mutating func write(time milliseconds: Int64) {
        let clamped = min(max(milliseconds, 0), 253_402_300_799_999)
        let (days, rest) = clamped.quotientAndRemainder(dividingBy: 86_400_000)
        let (year, month, day) = ByteWriter.date(days)
        write(digits: 4, year)
        write("-")
        write(digits: 2, month)
        write("-")
        write(digits: 2, day)
        write("T")
        write(digits: 2, rest / 3_600_000)
        write(":")
        write(digits: 2, rest / 60_000 % 60)
        write(":")
        write(digits: 2, rest / 1_000 % 60)
        write(".")
        write(digits: 3, rest % 1_000)
        write("Z")
    }

    /// Howard Hinnant's `civil_from_days`, for days after 1970: years begin in March, so that a leap day comes last.
    private static func date(_ days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let (era, dayOfEra) = shifted.quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    private mutating func write(digits count: Int, _ value: Int64) {
        var scale: Int64 = 1
        for _ in 1..<count { scale *= 10 }
        while scale > 0 {
            write(0x30 + UInt8(truncatingIfNeeded: value / scale % 10))
            scale /= 10
        }
    }
}
