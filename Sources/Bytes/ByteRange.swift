/// Where a piece of a request lies: an offset and a length, in bytes, into the buffer that holds the request.
///
/// The pipeline hands these around instead of strings: nothing is copied, and nothing is retained. A range means
/// something only beside the buffer it was cut from.
public struct ByteRange: Equatable, Sendable {
    public var start: UInt32
    public var count: UInt32

    @inlinable
    public init(start: Int, count: Int) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.count = UInt32(truncatingIfNeeded: count)
    }

    @inlinable
    public init(_ bounds: Range<Int>) {
        self.init(start: bounds.lowerBound, count: bounds.count)
    }

    /// A range of no bytes at offset 0.
    public static var empty: ByteRange { ByteRange(start: 0, count: 0) }

    @inlinable public var isEmpty: Bool { count == 0 }
    @inlinable public var end: Int { Int(start) + Int(count) }
    @inlinable public var bounds: Range<Int> { Int(start)..<end }
}
