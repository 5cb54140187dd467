// Comparisons of request bytes with names we know. None of them is for secrets: see `constantTimeEquals`.

extension Span where Element == UInt8 {
    /// Whether these are the bytes of `text`, exactly.
    @inlinable
    public func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return withUnsafeBufferPointer { memoryEquals(UnsafeRawPointer($0.baseAddress), text.utf8Start, count) }
    }

    /// Whether these are the bytes of `expected`, exactly.
    @inlinable
    public func equals(_ expected: [UInt8]) -> Bool {
        guard count == expected.count else { return false }
        for index in 0..<count where self[index] != expected[index] { return false }
        return true
    }

    /// Whether these bytes, with A–Z folded, are `lowercase`, which must hold no A–Z.
    @inlinable
    public func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
        guard count == lowercase.utf8CodeUnitCount else { return false }
        // As they are nearly always sent.
        if equals(lowercase) { return true }
        return lowercase.withUTF8Buffer { expected in
            for index in 0..<count where ASCII.lowercased(self[index]) != expected[index] { return false }
            return true
        }
    }

    /// Whether these bytes, with A–Z folded, are `lowercase`, which must hold no A–Z.
    @inlinable
    public func equalsIgnoringCase(_ lowercase: [UInt8]) -> Bool {
        guard count == lowercase.count else { return false }
        for index in 0..<count where ASCII.lowercased(self[index]) != lowercase[index] { return false }
        return true
    }

    /// Whether these bytes begin with those of `prefix`.
    @inlinable
    public func starts(with prefix: StaticString) -> Bool {
        guard count >= prefix.utf8CodeUnitCount else { return false }
        return prefix.withUTF8Buffer { expected in
            for index in 0..<expected.count where self[index] != expected[index] { return false }
            return true
        }
    }

    /// The position of the first `byte` at or after `from`. Eight bytes at a time, for tokens of a kilobyte.
    public func firstIndex(of byte: UInt8, from: Int = 0) -> Int? {
        var index = from
        while index &+ 8 <= count {
            let marks = ByteWord(bytes, at: index).marks(equalTo: byte)
            if marks != 0 { return index &+ marks.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < count {
            if self[index] == byte { return index }
            index &+= 1
        }
        return nil
    }

    /// A copy, for a cold path that must outlive the buffer.
    public func copy() -> [UInt8] {
        withUnsafeBufferPointer { [UInt8]($0) }
    }

    /// A copy as text, with bytes that are not UTF-8 replaced. For logs and `explain`; never on the hot path.
    public func text() -> String {
        withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}

/// Whether two stretches of memory hold the same `count` bytes. Words from the front, and one from the end that may
/// overlap the last of them: comparing a byte twice is cheaper than one by one.
@inlinable
func memoryEquals(_ one: UnsafeRawPointer?, _ other: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    guard count > 0, let one else { return count == 0 }
    let other = UnsafeRawPointer(other)
    guard count >= 8 else {
        for offset in 0..<count
        where one.load(fromByteOffset: offset, as: UInt8.self) != other.load(fromByteOffset: offset, as: UInt8.self) {
            return false
        }
        return true
    }
    var offset = 0
    while true {
        let word = one.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        if word != other.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
        if offset == count &- 8 { return true }
        offset = Swift.min(offset &+ 8, count &- 8)
    }
}
