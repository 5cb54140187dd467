import Testing

@testable import Telemetry

/// The sketch's promises, held against the true counts of streams that are made to break them.
@Suite struct SpaceSavingTests {
    private typealias Sketch = SpaceSaving<Int, String>

    /// Few keys often, many once: a skew that an attacker with many names could make.
    private struct Stream {
        var sketch: SpaceSaving<Int, String>
        var truth: [Int: UInt64] = [:]

        init(capacity: Int) { sketch = SpaceSaving(capacity: capacity) }

        mutating func record(_ key: Int) {
            sketch.record(key) { "key \(key)" }
            truth[key, default: 0] += 1
        }

        mutating func fill(_ length: Int, _ seed: UInt64, keys: Int, offset: Int = 0) {
            var state = seed
            for _ in 0..<length {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let uniform = Double(state >> 11) / Double(1 << 53)
                record(offset + Int(uniform * uniform * uniform * Double(keys)))
            }
        }
    }

    private func holdsItsBounds(_ sketch: SpaceSaving<Int, String>, _ truth: [Int: UInt64]) {
        let total = truth.values.reduce(0, +)
        #expect(sketch.total == total)
        let entries = sketch.top(.max)
        #expect(entries.count <= sketch.capacity)
        for entry in entries {
            let true_ = truth[entry.key] ?? 0
            #expect(entry.count >= true_ && entry.count - entry.error <= true_, "\(entry) is \(true_)")
            #expect(entry.label == "key \(entry.key)")
        }
        let found = Set(entries.map(\.key))
        for (key, count) in truth where count > total / UInt64(sketch.capacity) {
            #expect(found.contains(key), "\(key) came \(count) times of \(total)")
        }
    }

    @Test(arguments: [1, 2, 8, 64], [10, 100, 5_000])
    func boundsHoldForAnyStream(_ capacity: Int, _ keys: Int) {
        for seed in UInt64(1)...5 {
            var stream = Stream(capacity: capacity)
            stream.fill(20_000, seed, keys: keys)
            holdsItsBounds(stream.sketch, stream.truth)
        }
    }

    @Test func isExactUntilItIsFull() {
        var stream = Stream(capacity: 64)
        stream.fill(10_000, 7, keys: 64)
        for entry in stream.sketch.top(.max) {
            #expect(entry.error == 0 && entry.count == stream.truth[entry.key])
        }
    }

    /// One who is refused often is not driven out by any number of strangers.
    @Test func aFloodOfStrangersHidesNobody() {
        var stream = Stream(capacity: 16)
        for stranger in 0..<10_000 {
            stream.record(1_000 + stranger)
            if stranger.isMultiple(of: 10) { stream.record(1) }
        }
        let first = stream.sketch.top(1)[0]
        #expect(first.key == 1 && first.count - first.error <= 1_000 && first.count >= 1_000)
    }

    @Test(arguments: [(64, 0), (8, 0), (8, 500), (1, 3)])
    func boundsHoldForSeveralTogether(_ capacity: Int, _ offset: Int) {
        var (left, right) = (Stream(capacity: capacity), Stream(capacity: capacity))
        left.fill(9_000, 3, keys: 300)
        right.fill(4_000, 4, keys: 200, offset: offset)
        left.sketch.merge(right.sketch)
        holdsItsBounds(left.sketch, left.truth.merging(right.truth, uniquingKeysWith: +))
        var empty = Sketch(capacity: capacity)
        empty.merge(right.sketch)
        holdsItsBounds(empty, right.truth)
        right.sketch.merge(Sketch(capacity: capacity))
        holdsItsBounds(right.sketch, right.truth)
    }

    @Test func showsTheMostFrequentFirst() {
        var sketch = Sketch(capacity: 8)
        for (key, times) in [(1, 3), (2, 9), (3, 1), (4, 5)] {
            for _ in 0..<times { sketch.record(key) { "" } }
        }
        #expect(sketch.top(3).map(\.key) == [2, 4, 1])
        #expect(sketch.top(0).isEmpty)
    }

    /// A label is made for a key that comes in, and not again while it stays.
    @Test func asksForALabelOnce() {
        var sketch = Sketch(capacity: 2)
        var asked = 0
        for key in [1, 1, 2, 1, 2] {
            sketch.record(key) {
                asked += 1
                return ""
            }
        }
        #expect(asked == 2)
    }
}
