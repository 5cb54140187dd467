/// The difference of two texts in the form that `patch` takes, with three lines around each change.
public enum UnifiedDiff {
    private static let context = 3
    /// Edits are small; two texts further apart are shown as one change.
    private static let maxDifferences = 2_000

    /// One line on the way from the old text to the new.
    private enum Step {
        case keep, remove, add
    }

    /// Empty if both are equal. Lines are as they are in the texts, with their own line ends.
    public static func text(old: [UInt8], new: [UInt8], name: String) -> [UInt8] {
        if old == new { return [] }
        let (before, after) = (lines(old), lines(new))
        var result = Array("--- \(name)\n+++ \(name)\n".utf8)
        let steps = steps(before, after)
        var (index, oldLine, newLine) = (0, 0, 0)
        while index < steps.count {
            guard steps[index] != .keep else {
                (index, oldLine, newLine) = (index + 1, oldLine + 1, newLine + 1)
                continue
            }
            let lead = min(context, index)
            let end = endOfHunk(steps, from: index)
            let hunk = steps[(index - lead)..<end]
            result += hunkText(hunk, before, after, oldLine - lead, newLine - lead)
            oldLine += steps[index..<end].count { $0 != .add }
            newLine += steps[index..<end].count { $0 != .remove }
            index = end
        }
        return result
    }

    /// Changes with up to twice the context between them share a hunk.
    private static func endOfHunk(_ steps: [Step], from start: Int) -> Int {
        var last = start
        var index = start
        while index < steps.count, index - last <= 2 * context {
            if steps[index] != .keep { last = index }
            index += 1
        }
        return min(last + 1 + context, steps.count)
    }

    private static func hunkText(
        _ steps: ArraySlice<Step>, _ before: [ArraySlice<UInt8>], _ after: [ArraySlice<UInt8>], _ oldStart: Int,
        _ newStart: Int
    ) -> [UInt8] {
        let oldCount = steps.count { $0 != .add }
        let newCount = steps.count { $0 != .remove }
        // A range of no lines names the line before it.
        let old = "\(oldStart + (oldCount == 0 ? 0 : 1)),\(oldCount)"
        let new = "\(newStart + (newCount == 0 ? 0 : 1)),\(newCount)"
        var result = Array("@@ -\(old) +\(new) @@\n".utf8)
        var (oldLine, newLine) = (oldStart, newStart)
        for step in steps {
            let line = step == .add ? after[newLine] : before[oldLine]
            result.append(step == .keep ? 0x20 : step == .add ? 0x2B : 0x2D)
            result += line
            if line.last != 0x0A { result += Array("\n\\ No newline at end of file\n".utf8) }
            if step != .add { oldLine += 1 }
            if step != .remove { newLine += 1 }
        }
        return result
    }

    /// With their line feeds.
    private static func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        var result: [ArraySlice<UInt8>] = []
        var start = 0
        for index in text.indices where text[index] == 0x0A {
            result.append(text[start...index])
            start = index + 1
        }
        if start < text.count { result.append(text[start...]) }
        return result
    }

    /// Myers' greedy algorithm ("An O(ND) Difference Algorithm", 1986) between what both texts start and end with.
    private static func steps(_ before: [ArraySlice<UInt8>], _ after: [ArraySlice<UInt8>]) -> [Step] {
        let head = zip(before, after).prefix { $0 == $1 }.count
        let tail = zip(before.dropFirst(head).reversed(), after.dropFirst(head).reversed()).prefix { $0 == $1 }.count
        let middle = middle(Array(before.dropFirst(head).dropLast(tail)), Array(after.dropFirst(head).dropLast(tail)))
        return Array(repeating: .keep, count: head) + middle + Array(repeating: .keep, count: tail)
    }

    private static func middle(_ before: [ArraySlice<UInt8>], _ after: [ArraySlice<UInt8>]) -> [Step] {
        let offset = min(before.count + after.count, maxDifferences) + 1
        var reach = [Int](repeating: 0, count: 2 * offset + 1)
        var trail: [[Int]] = []
        for distance in 0..<offset {
            trail.append(reach)
            for diagonal in stride(from: -distance, through: distance, by: 2) {
                let down =
                    diagonal == -distance
                    || (diagonal != distance && reach[offset + diagonal - 1] < reach[offset + diagonal + 1])
                var old = down ? reach[offset + diagonal + 1] : reach[offset + diagonal - 1] + 1
                while old < before.count, old - diagonal < after.count, before[old] == after[old - diagonal] {
                    old += 1
                }
                reach[offset + diagonal] = old
                if old >= before.count, old - diagonal >= after.count {
                    return walkBack(trail, before.count, after.count, offset)
                }
            }
        }
        return Array(repeating: .remove, count: before.count) + Array(repeating: .add, count: after.count)
    }

    private static func walkBack(_ trail: [[Int]], _ oldCount: Int, _ newCount: Int, _ offset: Int) -> [Step] {
        var (old, new) = (oldCount, newCount)
        var steps: [Step] = []
        for distance in trail.indices.reversed() {
            let reach = trail[distance]
            let diagonal = old - new
            let down =
                diagonal == -distance
                || (diagonal != distance && reach[offset + diagonal - 1] < reach[offset + diagonal + 1])
            let start = distance == 0 ? 0 : reach[offset + diagonal + (down ? 1 : -1)]
            let startNew = distance == 0 ? 0 : start - diagonal - (down ? 1 : -1)
            while old > start + (distance > 0 && !down ? 1 : 0), new > startNew + (distance > 0 && down ? 1 : 0) {
                steps.append(.keep)
                (old, new) = (old - 1, new - 1)
            }
            if distance > 0 { steps.append(down ? .add : .remove) }
            (old, new) = (start, startNew)
        }
        return steps.reversed()
    }
}
