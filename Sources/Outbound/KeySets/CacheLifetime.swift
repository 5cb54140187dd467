import Bytes

/// How long an answer says it stays fresh (RFC 9111 section 4.2.1), in seconds; nil where it does not say.
///
/// `no-store` and `no-cache` are zero: the caller has a least lifetime of its own. `Expires` is not read.
enum CacheLifetime {
    static func seconds(cacheControl: String?, age: String?) -> Int64? {
        guard let cacheControl else { return nil }
        var lifetime: Int64?
        for part in cacheControl.split(separator: ",") {
            let words = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(trimmed)
            switch words[0].lowercased() {
            case "no-store", "no-cache": return 0
            case "max-age" where words.count == 2:
                // What is no number is no lifetime; of two the shorter counts (section 4.2.1).
                guard let seconds = number(words[1]) else { return 0 }
                lifetime = min(lifetime ?? seconds, seconds)
            default: break
            }
        }
        guard let lifetime else { return nil }
        return max(0, lifetime - (age.flatMap { number($0[...]) } ?? 0))
    }

    /// Digits, which may be quoted; a number too large to hold is the largest.
    private static func number(_ text: Substring) -> Int64? {
        let digits = text.count > 1 && text.hasPrefix("\"") && text.hasSuffix("\"") ? text.dropFirst().dropLast() : text
        guard !digits.isEmpty, digits.utf8.allSatisfy(ASCII.isDigit) else { return nil }
        return Int64(digits) ?? .max
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { $0 == " " || $0 == "\t" }
        return start.lastIndex { $0 != " " && $0 != "\t" }.map { start[...$0] } ?? start[..<start.startIndex]
    }
}
