/// Eight bytes looked at together, the first of them in the lowest bits on a machine of either order.
///
/// What is asked of each byte is answered by a mark in that byte's top bit. Bytes from 0x80 on have no mark, whatever
/// is asked. Every mark is right: the sums stay within their bytes, because the top bits are taken off first.
public struct ByteWord: Sendable {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    /// The marks of a word all of whose bytes are marked.
    public static let all: UInt64 = 0x8080_8080_8080_8080

    private let low: UInt64
    private let high: UInt64

    @inline(__always)
    public init(_ word: UInt64) {
        low = word & ~ByteWord.all
        high = word & ByteWord.all
    }

    /// - Precondition: `offset` + 8 is within `bytes`, which is checked.
    @inline(__always)
    public init(_ bytes: RawSpan, at offset: Int) {
        self.init(UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }

    /// - Parameter byte: below 0x80.
    @inline(__always)
    public func marks(equalTo byte: UInt8) -> UInt64 {
        ~((low ^ ByteWord.ones &* UInt64(byte)) &+ ~ByteWord.all | high) & ByteWord.all
    }

    /// - Parameter range: below 0x80.
    @inline(__always)
    public func marks(in range: ClosedRange<UInt8>) -> UInt64 {
        let reaches = low &+ ByteWord.ones &* UInt64(0x80 &- range.lowerBound)
        let passes = low &+ ByteWord.ones &* UInt64(0x7F &- range.upperBound)
        return reaches & ~passes & ~high & ByteWord.all
    }

    /// With the bit 0x20 set in each: A–Z become a–z, and nothing else becomes a letter.
    @inline(__always)
    public var loweringLetters: ByteWord { ByteWord(low | high | ByteWord.ones &* 0x20) }
}
