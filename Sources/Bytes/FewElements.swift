extension ContiguousArray {
    /// Empties an array of a few, and keeps its memory: for those that are filled and emptied with every check.
    /// `removeAll(keepingCapacity:)` goes by way of replacing a range, which costs as much as removing five.
    @inlinable
    public mutating func removeFew() {
        while !isEmpty { removeLast() }
    }
}
