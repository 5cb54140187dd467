// Comparisons of request bytes with names we know. None of them is for secrets: see `constantTimeEquals`.

extension Span where Element == UInt8 {
    /// Whether these are the bytes of `text`, exactly.
    @inlinable
    public func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { expected in
            for index in 0..<count where self[index] != expected[index] { return false }
            return true
        }
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
