/// Bytes to be sent, appended one piece after another. Clearing keeps the memory, so a writer that has seen its
/// longest answer allocates no more.
///
/// It does not know what it writes: escaping and validity are the caller's.
public struct ByteWriter: Sendable {
    public private(set) var bytes: ContiguousArray<UInt8> = []

    public init(reserving capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    @inlinable public var count: Int { bytes.count }

    public mutating func clear() { bytes.removeAll(keepingCapacity: true) }

    public mutating func write(_ byte: UInt8) { bytes.append(byte) }

    public mutating func write(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    public mutating func write(_ other: [UInt8]) { bytes.append(contentsOf: other) }

    public mutating func write(_ other: ContiguousArray<UInt8>) { bytes.append(contentsOf: other) }

    public mutating func write(_ span: borrowing Span<UInt8>) {
        span.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    /// A piece of `other`.
    public mutating func write(_ other: ContiguousArray<UInt8>, _ range: ByteRange) {
        other.withUnsafeBufferPointer { bytes.append(contentsOf: UnsafeBufferPointer(rebasing: $0[range.bounds])) }
    }

    /// For cold paths: a String is copied byte by byte where it is not native UTF-8.
    public mutating func write(text: String) { bytes.append(contentsOf: text.utf8) }

    /// `value` in decimal, with a minus sign where it is negative.
    public mutating func write(decimal value: Int64) {
        if value < 0 { write(0x2D) }
        write(decimal: value.magnitude)
    }

    /// `value` in decimal. At most 20 digits, built from the right in a fixed buffer.
    public mutating func write(decimal value: UInt64) {
        if value < 10 { return bytes.append(0x30 &+ UInt8(truncatingIfNeeded: value)) }
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var position = 20
        var rest = value
        while rest > 0 {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            position &-= 1
            digits[position] = 0x30 &+ UInt8(truncatingIfNeeded: digit)
            rest = quotient
        }
        while position < 20 {
            bytes.append(digits[position])
            position &+= 1
        }
    }

    /// `%XX` for one byte.
    public mutating func write(escaped byte: UInt8) {
        bytes.append(0x25)
        bytes.append(ASCII.hexDigit(byte >> 4))
        bytes.append(ASCII.hexDigit(byte & 15))
    }
}
