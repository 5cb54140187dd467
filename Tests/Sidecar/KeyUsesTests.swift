import Foundation
import Testing

@testable import Sidecar

@Suite struct KeyUsesTests {
    private let file: TemporaryFile

    init() throws { file = try TemporaryFile("") }

    private var size: Int {
        (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? 0
    }

    @Test func theLatestOfEachCountsWhoeverNotedIt() {
        let (one, other) = (KeyUses(path: file.path), KeyUses(path: file.path))
        one.note(["a": 100, "b": 200])
        other.note(["a": 90, "c": 300])
        one.note(["a": 110])
        one.note([:])
        #expect(one.times == ["a": 110, "b": 200, "c": 300])
        #expect(other.times == one.times)
    }

    /// However often keys are used, the file does not grow beyond what they need.
    @Test func whatHasGrownIsPutInOrder() async throws {
        let uses = KeyUses(path: file.path)
        let ids = (0..<4_096).map { "a-key-with-a-name-of-some-length-\($0)" }
        for round in 1...30 {
            uses.note(Dictionary(uniqueKeysWithValues: ids.map { ($0, Int64(1_000_000 + round)) }))
            try await Task.sleep(nanoseconds: 20_000_000)
        }
        for _ in 0..<500 where size > 3 << 20 { try await Task.sleep(nanoseconds: 10_000_000) }
        let each = 45 * ids.count
        #expect(size < 2 * each + (1 << 20) + 10 * each, "\(size) bytes")
        #expect(size < 20 * each, "it was put in order at least once")
        #expect(uses.times.count == ids.count)
    }
}
