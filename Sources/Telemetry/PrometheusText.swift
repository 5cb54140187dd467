import Bytes
public import Domain

/// The Prometheus text format, version 0.0.4: a family at a time, each with its help and type.
///
/// Label values come from closed sets and from limit names, which configuration restricts; nothing a client sends can
/// become a label.
public struct PrometheusText: ~Copyable, Sendable {
    private var writer = ByteWriter(reserving: 16_384)

    public init() {}

    /// The text so far.
    public var bytes: ContiguousArray<UInt8> { writer.bytes }

    public mutating func family(_ name: StaticString, _ kind: StaticString, help: StaticString) {
        writer.write("# HELP ")
        writer.write(name)
        writer.write(" ")
        writer.write(help)
        writer.write("\n# TYPE ")
        writer.write(name)
        writer.write(" ")
        writer.write(kind)
        writer.write("\n")
    }

    /// One sample; `labels` is the text between the braces, `a="b",c="d"`, or empty.
    public mutating func sample(_ name: StaticString, labels: String = "", _ value: UInt64) {
        begin(name, "", labels)
        writer.write(decimal: value)
        writer.write("\n")
    }

    public mutating func sample(_ name: StaticString, labels: String = "", signed value: Int64) {
        begin(name, "", labels)
        writer.write(decimal: value)
        writer.write("\n")
    }

    /// The buckets, sum and count of one histogram, in seconds.
    public mutating func histogram(_ name: StaticString, labels: String = "", _ histogram: DurationHistogram) {
        var cumulative: UInt64 = 0
        let separator = labels.isEmpty ? "" : ","
        for (index, bound) in DurationHistogram.upperBounds.enumerated() {
            cumulative &+= histogram.counts[index]
            begin(name, "_bucket", "\(labels)\(separator)le=\"\(PrometheusText.seconds(micros: bound))\"")
            writer.write(decimal: cumulative)
            writer.write("\n")
        }
        begin(name, "_bucket", "\(labels)\(separator)le=\"+Inf\"")
        writer.write(decimal: histogram.count)
        writer.write("\n")
        begin(name, "_sum", labels)
        writer.write(text: "\(Double(histogram.sumNanoseconds) / 1e9)\n")
        begin(name, "_count", labels)
        writer.write(decimal: histogram.count)
        writer.write("\n")
    }

    private mutating func begin(_ name: StaticString, _ suffix: StaticString, _ labels: String) {
        writer.write(name)
        writer.write(suffix)
        if !labels.isEmpty {
            writer.write("{")
            writer.write(text: labels)
            writer.write("}")
        }
        writer.write(" ")
    }

    /// `250` → `0.00025`, without exponents, which some scrapers show as they come.
    static func seconds(micros: UInt64) -> String {
        let whole = micros / 1_000_000
        let rest = String(micros % 1_000_000)
        guard rest != "0" else { return "\(whole).0" }
        var digits = String(repeating: "0", count: 6 - rest.count) + rest
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)"
    }
}
