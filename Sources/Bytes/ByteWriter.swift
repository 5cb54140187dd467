/// Bytes to be sent, appended one piece after another. Clearing keeps the memory, so a writer that has seen its
/// longest answer allocates no more.
///
/// It does not know what it writes: escaping and validity are the caller's. It owns plain memory rather than an array,
/// because an answer is some thirty appends, and an array asks at each of them whether it is shared (ADR 6).
public struct ByteWriter: ~Copyable, @unchecked Sendable {
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    public private(set) var count = 0

    public init(reserving capacity: Int = 0) {
        self.capacity = max(capacity, 64)
        base = .allocate(capacity: self.capacity)
    }

    deinit { base.deallocate() }

    public mutating func clear() { count = 0 }

    /// A copy of what was written, for cold paths.
    public var bytes: ContiguousArray<UInt8> {
        ContiguousArray(UnsafeBufferPointer(start: base, count: count))
    }

    /// What was written, where it lies, for as long as `body` runs.
    public func withSpan<Result>(_ body: (borrowing Span<UInt8>) throws -> Result) rethrows -> Result {
        try body(UnsafeBufferPointer(start: base, count: count).span)
    }

    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }
}

// Appending. Every method but the first two goes through them, and only they write to the memory.
extension ByteWriter {
    public mutating func write(_ byte: UInt8) {
        if count == capacity { grow(by: 1) }
        base[count] = byte
        count &+= 1
    }

    public mutating func write(_ buffer: UnsafeBufferPointer<UInt8>) {
        guard let source = buffer.baseAddress else { return }
        if capacity &- count < buffer.count { grow(by: buffer.count) }
        (base + count).update(from: source, count: buffer.count)
        count &+= buffer.count
    }

    /// Doubles, so that growing costs nothing per byte.
    @inline(never)
    private mutating func grow(by room: Int) {
        let wanted = max(capacity * 2, count + room)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: wanted)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
        capacity = wanted
    }

    public mutating func write(_ text: StaticString) {
        write(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    public mutating func write(_ other: [UInt8]) { other.withUnsafeBufferPointer { write($0) } }

    public mutating func write(_ other: ContiguousArray<UInt8>) { other.withUnsafeBufferPointer { write($0) } }

    public mutating func write(_ other: borrowing ByteWriter) {
        write(UnsafeBufferPointer(start: other.base, count: other.count))
    }

    public mutating func write(_ span: borrowing Span<UInt8>) { span.withUnsafeBufferPointer { write($0) } }

    /// A piece of `other`.
    public mutating func write(_ other: ContiguousArray<UInt8>, _ range: ByteRange) {
        other.withUnsafeBufferPointer { write(UnsafeBufferPointer(rebasing: $0[range.bounds])) }
    }

    /// For cold paths: a String is copied byte by byte where it is not native UTF-8.
    public mutating func write(text: String) {
        for byte in text.utf8 { write(byte) }
    }

    /// `value` in decimal, with a minus sign where it is negative.
    public mutating func write(decimal value: Int64) {
        if value < 0 { write(0x2D) }
        write(decimal: value.magnitude)
    }

    /// `value` in decimal: at most 20 digits, written from the right where they stay, two at a time.
    public mutating func write(decimal value: UInt64) {
        if value < 10 { return write(0x30 &+ UInt8(truncatingIfNeeded: value)) }
        let length = Decimal.digits(of: value)
        if capacity &- count < length { grow(by: length) }
        var rest = value
        var place = base + count + length
        while rest >= 10 {
            let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
            let (tens, ones) = UInt8(truncatingIfNeeded: pair).quotientAndRemainder(dividingBy: 10)
            place -= 2
            place[0] = 0x30 &+ tens
            place[1] = 0x30 &+ ones
            rest = quotient
        }
        // What is left over is nothing, or the first digit of an odd number of them.
        if length & 1 == 1 { (base + count).pointee = 0x30 &+ UInt8(truncatingIfNeeded: rest) }
        count &+= length
    }

    /// `%XX` for one byte.
    public mutating func write(escaped byte: UInt8) {
        write(0x25)
        write(ASCII.hexDigit(byte >> 4))
        write(ASCII.hexDigit(byte & 15))
    }
}
