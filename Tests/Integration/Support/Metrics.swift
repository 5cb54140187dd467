/// A scrape of `/metrics`: samples by their whole name, labels included.
struct Metrics {
    private var samples: [(name: String, labels: String, value: Double)] = []

    init(_ text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                continue
            }
            let series = line[..<space]
            let brace = series.firstIndex(of: "{") ?? series.endIndex
            samples.append((String(series[..<brace]), String(series[brace...]), value))
        }
    }

    /// The sum over all series of this name whose labels hold each of `labels`, written `name="value"`.
    func sum(_ name: String, _ labels: String...) -> Double {
        samples.filter { sample in sample.name == name && labels.allSatisfy { sample.labels.contains($0) } }
            .reduce(0) { $0 + $1.value }
    }

    /// Whether there is any series of this name.
    func has(_ name: String) -> Bool { samples.contains { $0.name == name } }

    /// A histogram's observations above `bound` seconds: the total less the largest bucket not above it.
    func observations(of name: String, above bound: Double) -> Double {
        let buckets = samples.filter { $0.name == "\(name)_bucket" }
        let bounds = Set(buckets.compactMap { Metrics.upperBound(of: $0.labels) })
        guard let edge = bounds.filter({ $0 <= bound }).max() else { return sum("\(name)_count") }
        let below = buckets.filter { Metrics.upperBound(of: $0.labels) == edge }.reduce(0) { $0 + $1.value }
        return sum("\(name)_count") - below
    }

    private static func upperBound(of labels: String) -> Double? {
        guard let start = labels.firstRange(of: "le=\"")?.upperBound else { return nil }
        return Double(labels[start...].prefix { $0 != "\"" })
    }
}
