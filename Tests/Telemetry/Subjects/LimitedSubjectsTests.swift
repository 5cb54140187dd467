import Bytes
import Domain
import Testing

@testable import Telemetry

/// Who was refused lately, over windows and workers.
@Suite struct LimitedSubjectsTests {
    private static let window = LimitedSubjects.windowSeconds

    private func record(_ subjects: inout LimitedSubjects, _ name: String, _ times: Int, at seconds: UInt64) {
        let key = BucketKey(owner: Digest128(high: UInt64(name.utf8.first ?? 0), low: 0), limit: 1)
        for _ in 0..<times {
            subjects.record(key, at: seconds) { LimitedSubject(limit: "role:user", per: "subject", name: name) }
        }
    }

    private func names(_ subjects: LimitedSubjects, at seconds: UInt64) -> [String] {
        subjects.top(10, at: seconds).standings.map { "\($0.subject.name) \($0.atLeast)-\($0.atMost)" }
    }

    @Test func forgetsAfterTwoWindows() {
        var subjects = LimitedSubjects()
        let start = 1_000 * Self.window
        record(&subjects, "alice", 5, at: start)
        #expect(names(subjects, at: start + 10) == ["alice 5-5"])
        record(&subjects, "bob", 2, at: start + Self.window)
        #expect(names(subjects, at: start + Self.window + 1) == ["alice 5-5", "bob 2-2"])
        #expect(subjects.top(1, at: start + Self.window + 1).total == 7)
        #expect(names(subjects, at: start + 2 * Self.window) == ["bob 2-2"])
        #expect(names(subjects, at: start + 3 * Self.window).isEmpty)
    }

    @Test func aQuietWindowForgetsToo() {
        var subjects = LimitedSubjects()
        record(&subjects, "alice", 5, at: 10)
        record(&subjects, "bob", 1, at: 10 + 7 * Self.window)
        #expect(names(subjects, at: 10 + 7 * Self.window) == ["bob 1-1"])
    }

    @Test func workersAddUp() {
        var (one, two) = (LimitedSubjects(), LimitedSubjects())
        record(&one, "alice", 5, at: 10)
        record(&two, "alice", 4, at: 10)
        record(&two, "bob", 6, at: 10)
        // The other worker has turned its window, this one has not been asked since.
        record(&two, "carol", 1, at: 10 + Self.window)
        one.merge(two, at: 10 + Self.window)
        #expect(names(one, at: 10 + Self.window) == ["alice 9-9", "bob 6-6", "carol 1-1"])
    }

    @Test func coversBetweenOneWindowAndTwo() {
        #expect(LimitedSubjects.coveredSeconds(at: 5 * Self.window) == Self.window)
        #expect(LimitedSubjects.coveredSeconds(at: 5 * Self.window + 299) == Self.window + 299)
    }

    @Test func cutsWhatIsTooLong() {
        let subject = LimitedSubject(limit: "a", per: "subject", name: String(repeating: "ü", count: 500))
        #expect(subject.name.count == 121 && subject.name.hasSuffix("…"))
    }
}
