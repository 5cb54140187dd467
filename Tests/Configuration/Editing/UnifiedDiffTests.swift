import Testing

@testable import Configuration

@Suite struct UnifiedDiffTests {
    private func diff(_ old: String, _ new: String) -> String {
        String(decoding: UnifiedDiff.text(old: Array(old.utf8), new: Array(new.utf8), name: "f"), as: UTF8.self)
    }

    @Test func isNothingForEqualTexts() {
        #expect(diff("a\n", "a\n") == "")
    }

    @Test func showsThreeLinesAround() {
        #expect(
            diff("1\n2\n3\n4\n5\n6\n7\n8\n", "1\n2\n3\n4\nx\n6\n7\n8\n")
                == "--- f\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n")
    }

    @Test func partsWhatIsFarApart() {
        let old = (1...20).map { "\($0)\n" }.joined()
        let new = old.replacing("\n3\n", with: "\nc\n").replacing("\n18\n", with: "\n18\nadded\n")
        #expect(
            diff(old, new) == "--- f\n+++ f\n@@ -1,6 +1,6 @@\n 1\n 2\n-3\n+c\n 4\n 5\n 6\n"
                + "@@ -16,5 +16,6 @@\n 16\n 17\n 18\n+added\n 19\n 20\n")
    }

    @Test func saysThatTheLastLineIsOpen() {
        #expect(
            diff("a", "a\nb")
                == "--- f\n+++ f\n@@ -1,1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n\\ No newline at end of file\n"
        )
        #expect(diff("", "a\n") == "--- f\n+++ f\n@@ -0,0 +1,1 @@\n+a\n")
        #expect(diff("a\n", "") == "--- f\n+++ f\n@@ -1,1 +0,0 @@\n-a\n")
    }

    /// The hunks, applied to the old text, give the new one.
    @Test(arguments: 0..<200) func appliesToWhatItWasMadeFrom(_ seed: UInt64) {
        var random = EditRandom(state: seed)
        let old = (0..<Int.random(in: 0...40, using: &random)).map { _ in "\(Int.random(in: 0...5, using: &random))" }
        var new = old
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let index = Int.random(in: 0...new.count, using: &random)
            if index < new.count, Bool.random(using: &random) {
                new.remove(at: index)
            } else {
                new.insert("\(Int.random(in: 0...5, using: &random))", at: index)
            }
        }
        let text = diff(old.map { $0 + "\n" }.joined(), new.map { $0 + "\n" }.joined())
        var result: [String] = []
        var next = 0
        for line in text.split(separator: "\n").dropFirst(2) {
            if line.hasPrefix("@@") {
                let range = line.dropFirst(4).prefix { $0 != " " }.split(separator: ",").map { Int($0)! }
                let start = range[1] == 0 ? range[0] : range[0] - 1
                result += old[next..<start]
                next = start
            } else if line.hasPrefix("+") {
                result.append(String(line.dropFirst()))
            } else {
                #expect(old[next] == line.dropFirst())
                if line.hasPrefix(" ") { result.append(old[next]) }
                next += 1
            }
        }
        #expect(result + old[next...] == new)
    }
}
