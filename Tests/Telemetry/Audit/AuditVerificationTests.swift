import Glibc
import Testing

@testable import Telemetry

/// One way to falsify three rotated files of five records each, and what is said of it. Lines 1 to 7 are in the first
/// file (an opening line, five records, a closing line), 8 to 14 in the second, 15 to 21 in the third.
struct Forgery: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var expected: [String]
    var forge: @Sendable (inout [[String]]) -> Void

    init(_ name: String, _ expected: [String], _ forge: @escaping @Sendable (inout [[String]]) -> Void) {
        (testDescription, self.expected, self.forge) = (name, expected, forge)
    }

    private static let changed = "was changed, or was not written after the line before it"

    static let all: [Forgery] = [
        Forgery("a removed line", ["1:4: line number 4 is missing before it"]) { $0[1 - 1].remove(at: 3) },
        Forgery("two removed lines", ["2:3: lines 10 to 11 are missing before it"]) { $0[1].removeSubrange(2...3) },
        Forgery("a changed line", ["2:3: \(changed)"]) { $0[1][2] = $0[1][2].replacing("/1/1", with: "/1/7") },
        Forgery("a changed head", ["3:3: \(changed)", "3:4: \(changed)"]) {
            let end = $0[2][2].suffix(2)
            $0[2][2] = $0[2][2].dropLast(10) + "00000000" + end
        },
        Forgery("an inserted copy", ["1:4: is out of order: number 3 follows 3"]) { $0[0].insert($0[0][2], at: 3) },
        Forgery("an inserted text", ["1:4: is not an audit line"]) { $0[0].insert("{}", at: 3) },
        Forgery("an empty line", ["1:4: is not an audit line"]) { $0[0].insert("", at: 3) },
        Forgery(
            "two swapped lines",
            ["1:3: line number 3 is missing before it", "1:4: is out of order: number 3 follows 4"]
        ) { $0[0].swapAt(2, 3) },
        Forgery("a cut end", ["2: lines 6 to 7 are missing: the end of 1 was cut, or a file between them is not given"])
        { $0[0].removeLast(2) },
        Forgery(
            "a cut line",
            [
                "1:7: is not an audit line",
                "2: lines 7 to 7 are missing: the end of 1 was cut, or a file between them is not given",
            ]
        ) { $0[0][6] = String($0[0][6].dropLast(20)) },
        Forgery("a cut beginning", ["2:1: does not open the file: lines before it are missing"]) {
            $0[1].removeFirst()
        },
        Forgery(
            "a removed file",
            ["3: lines 8 to 14 are missing: the end of 1 was cut, or a file between them is not given"]
        ) { $0[1] = [] },
        Forgery(
            "a file replaced by another's copy",
            [
                "2: begins as 1 does: one of them is a copy",
                "3: lines 8 to 14 are missing: the end of 1 was cut, or a file between them is not given",
            ]
        ) { $0[1] = $0[0] },
        Forgery(
            "an opening record with another head before it",
            ["2:1: \(changed)", "2: begins after a line that ends none of the files given"]
        ) {
            let parts = $0[1][0].split(separator: "\"prev\":\"")
            $0[1][0] = parts[0] + "\"prev\":\"00000000" + parts[1].dropFirst(8)
        },
        Forgery("an upper-case head", ["1:2: is not an audit line", "1:3: line number 2 is missing before it"]) {
            let tail = $0[0][1].suffix(66)
            $0[0][1] = $0[0][1].dropLast(66) + tail.uppercased()
        },
        Forgery("a space at the end", ["1:2: is not an audit line", "1:3: line number 2 is missing before it"]) {
            $0[0][1] += " "
        },
        Forgery("a line in two", ["1:2: lines 2 to 3 are not audit lines", "1:4: line number 2 is missing before it"]) {
            let line = $0[0].remove(at: 1)
            $0[0].insert(contentsOf: [String(line.prefix(50)), String(line.dropFirst(50))], at: 1)
        },
    ]
}

@Suite struct AuditVerificationTests {
    private let scratch = AuditScratch()

    @Test func whatWasWrittenIsInOrder() throws {
        let files = try scratch.rotate([5, 5, 5])
        for order in [files, files.reversed(), [files[1], files[2], files[0]]] {
            let verdict = Verdict(order, head: scratch.messages.head)
            #expect(verdict.problems == [])
            #expect(verdict.notes == ["ends at \(scratch.messages.head ?? "")"])
        }
    }

    @Test(arguments: Forgery.all) func aForgeryIsFound(_ forgery: Forgery) throws {
        let files = try scratch.rotate([5, 5, 5])
        var lines = files.map(scratch.lines)
        #expect(lines.map(\.count) == [7, 7, 7])
        forgery.forge(&lines)
        for (path, lines) in zip(files, lines) where !lines.isEmpty { scratch.write(lines, to: path) }
        let given = zip(files, lines).filter { !$0.1.isEmpty }.map(\.0)
        let said = Verdict(given).findings.filter(\.isProblem).map(\.description)
        let named = said.map { text in
            files.enumerated().reduce(text) { $0.replacing($1.element, with: "\($1.offset + 1)") }
        }
        // The file's names begin alike, so the longest has to be replaced first.
        #expect(named.map { $0.replacing("3.0", with: "1").replacing("3.1", with: "2") } == forgery.expected)
    }

    /// No byte of a log can be another one.
    @Test func everyByteCounts() throws {
        let bytes = scratch.bytes(try scratch.rotate([1])[0])
        let seals = [AuditSeal(key: nil), AuditSeal(key: Array(AuditScratch.key.utf8))]
        let head = try #require(scratch.messages.head.flatMap(AuditHead.init))
        for index in bytes.indices {
            for flip in [1, 0x20, 0x80] as [UInt8] {
                var forged = bytes
                forged[index] ^= flip
                let table = Dictionary(uniqueKeysWithValues: seals.map { ($0.keyID, $0) })
                var check = AuditFileCheck(path: "a", seals: table, head: head)
                for line in forged.split(separator: 0x0A, omittingEmptySubsequences: false) where !line.isEmpty {
                    check.read(Array(line).span, isWhole: line.endIndex < forged.count)
                }
                check.end()
                #expect(
                    check.findings.contains(where: \.isProblem) || check.summary.headSeen != .matching, "byte \(index)")
            }
        }
    }

    @Test func aCutEndIsFoundByAHeadKeptElsewhere() throws {
        let files = try scratch.rotate([5, 5])
        scratch.write(scratch.lines(files[1]).dropLast(3), to: files[1])
        #expect(Verdict(files).problems == [])
        #expect(
            Verdict(files).notes.contains { $0.hasSuffix("without a closing line: still written, a crash, or cut") })
        let head = try #require(scratch.messages.head)
        let missing = "no line number 14, of which there was a head: the end was cut, or its file is not given"
        #expect(Verdict(files, head: head).problems == [missing])
    }

    @Test func aHeadMayComeFromTheMetrics() throws {
        let log = try scratch.open()
        log.close()
        let (sequence, short) = (log.metrics.sequence, log.metrics.shortHead)
        #expect(Verdict([scratch.path], head: "\(sequence):\(short)").problems == [])
        let other = "its line number 2 is not the one that the head was taken of"
        #expect(Verdict([scratch.path], head: "\(sequence):\(short ^ 1)").problems == [other])
    }

    @Test(arguments: ["", "1", "1:", "0:5", ":5", "1:xyz", "1:281474976710656", "a:5", "1:-1"])
    func aHeadIsReadStrictly(_ text: String) {
        #expect(AuditHead(text) == nil)
    }

    @Test func anotherKeyProvesNothing() throws {
        let path = try scratch.rotate([2])[0]
        #expect(Verdict([path], keys: ["another key"]).problems.count == 1)
        #expect(Verdict([path], keys: ["another key"]).problems[0].hasSuffix("; none of the keys given"))
        #expect(Verdict([path], keys: []).problems[0].hasSuffix("; no key was given"))
        #expect(Verdict([path], keys: ["another key", AuditScratch.key]).problems == [])
    }

    @Test func aChainMadeUpWithoutTheKeyIsRefused() throws {
        let path = try scratch.rotate([2], key: nil)[0]
        let said = "begins a chain without a key: it proves nothing to the key that was given"
        #expect(Verdict([path]).problems == [said])
    }

    @Test func theKeyMayChangeAtARestart() throws {
        _ = try scratch.rotate([2], key: "the old key")
        _ = try scratch.rotate([2], key: "the new key")
        #expect(Verdict([scratch.path], keys: ["the old key", "the new key"]).problems == [])
    }

    @Test func olderFilesNeedNotBeGiven() throws {
        let files = try scratch.rotate([1, 1, 1])
        let verdict = Verdict(Array(files[1...]))
        #expect(verdict.problems == [])
        #expect(verdict.notes.contains("begins after line 3, which is in none of the files given"))
    }

    /// A restart that found no file has nothing to link to; a lost file of the same process is another matter.
    @Test func aChainOfItsOwnIsNoted() throws {
        let files = try scratch.rotate([1, 1])
        rename(files[1], scratch.rotated(7))
        _ = try scratch.rotate([1])
        let verdict = Verdict([files[0], scratch.rotated(7), scratch.path])
        #expect(verdict.problems == [])
        #expect(verdict.notes.contains("begins a chain of its own; nothing ties it to the files before it"))
    }

    @Test func whatCannotBeReadIsAProblem() {
        #expect(Verdict(["/nowhere/a"]).problems == ["cannot be read: No such file or directory"])
        scratch.write([] as [UInt8], to: scratch.path)
        #expect(Verdict([scratch.path]).problems == ["holds no audit line"])
    }

    @Test func problemsAreBoundedAndCounted() throws {
        let path = try scratch.rotate([60])[0]
        let lines = scratch.lines(path).enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        scratch.write(lines, to: path)
        let problems = Verdict([path]).problems
        #expect(problems.count == AuditFileCheck.problemsMax + 1)
        #expect(problems.last == "10 more problems are not listed")
    }

    /// Lines without end are read in bounded memory and are none of ours.
    @Test func aLineWithoutEndIsAProblem() throws {
        let path = try scratch.rotate([1])[0]
        var bytes = scratch.bytes(path)
        bytes += [UInt8](repeating: 0x41, count: 3 << 20) + [0x0A]
        scratch.write(bytes, to: path)
        #expect(Verdict([path]).problems == ["is not an audit line"])
    }
}
