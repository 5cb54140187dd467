/// Counts of durations in fixed buckets: a value, so that each worker owns one and a scrape adds copies together.
public struct DurationHistogram: Sendable {
    /// Upper bounds in microseconds; a last bucket takes everything longer.
    public static let upperBounds: [UInt64] = [
        25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
    ]

    /// Not cumulative: `counts[i]` is what fell between bound `i - 1` and bound `i`.
    public private(set) var counts = InlineArray<15, UInt64>(repeating: 0)
    public private(set) var sumNanoseconds: UInt64 = 0

    public init() {}

    public mutating func record(nanoseconds: UInt64) {
        let micros = nanoseconds / 1_000
        var index = 0
        while index < 14, micros > DurationHistogram.upperBounds[index] { index &+= 1 }
        counts[index] &+= 1
        sumNanoseconds &+= nanoseconds
    }

    public mutating func add(_ other: DurationHistogram) {
        for index in 0..<15 { counts[index] &+= other.counts[index] }
        sumNanoseconds &+= other.sumNanoseconds
    }

    public var count: UInt64 {
        var total: UInt64 = 0
        for index in 0..<15 { total &+= counts[index] }
        return total
    }
}
