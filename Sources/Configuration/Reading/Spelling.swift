/// The nearest right spelling of a wrong word.
package enum Spelling {
    /// Longer words are not compared: the work is quadratic, and the words we know are short.
    private static let longest = 64

    /// The candidate that most likely was meant, or nil if none is near: at most a third of its letters wrong, a
    /// swap of neighbours counting as one. Case and `-` for `_` cost nothing.
    package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let wrong = folded(word)
        guard wrong.count <= longest, !wrong.isEmpty else { return nil }
        var best: (word: String, distance: Int)?
        for candidate in candidates {
            let right = folded(candidate)
            let allowed = max(1, right.count / 3)
            guard right.count <= longest, abs(right.count - wrong.count) <= allowed else { continue }
            let distance = distance(wrong, right)
            if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    private static func folded(_ word: String) -> [UInt8] {
        word.utf8.map { $0 == 0x2D ? 0x5F : $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
    }

    /// Damerau-Levenshtein with adjacent swaps ("optimal string alignment"), over bytes.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (byte == other ? 0 : 1))
                if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}

/// How words of the file appear in messages. What might be a misplaced secret does not.
enum Echo {
    private static let longest = 32

    /// The word between backticks, or nil where it has the looks of a secret: long, or with a digit in it.
    static func word(_ word: String) -> String? {
        let isPlain = word.utf8.allSatisfy { $0 == 0x5F || $0 == 0x2D || $0 == 0x2E || ($0 | 0x20) &- 0x61 < 26 }
        return isPlain && !word.isEmpty && word.utf8.count <= longest ? "`\(word)`" : nil
    }

    /// A key's name, or "this key".
    static func key(_ name: String) -> String { word(name).map { "key \($0)" } ?? "this key" }
}
