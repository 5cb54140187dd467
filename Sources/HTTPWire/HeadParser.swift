import Bytes

/// What a look at the bytes so far came to.
public enum HeadOutcome: Equatable, Sendable {
    /// Not refused yet, and not whole. Parse again with the same bytes and more after them.
    case incomplete
    /// The head is filled in, and the parser is ready for the next request.
    case complete
    /// The bytes cannot be taken for a request, whatever follows. Close the connection.
    case refused(WireRefusal)
}

/// Parses the heads of HTTP/1.0 and HTTP/1.1 requests (RFC 9112), in place.
///
/// It takes the strict reading wherever the RFC leaves a choice: lines end in CRLF and nothing else, targets are in
/// origin form, and of every doubtful framing none is accepted. What it accepts, llhttp accepts with the same meaning;
/// Tests/Property holds it to that.
///
/// It does not decode: names keep their case and targets their escapes. It looks at no body.
public struct HeadParser: Sendable {
    /// What the byte at `position` belongs to.
    enum Stage: UInt8 { case start, method, target, version, fieldName, fieldValue }

    /// How a stage ended.
    enum Step {
        case onward, more, finished
        case refused(WireRefusal)
    }

    let bounds: HeadBounds
    var stage = Stage.start
    /// Where the current stage's piece began.
    var mark = 0
    /// How far the bytes have been read. Every byte before it is settled, so feeding one byte at a time costs no more
    /// than feeding all.
    var position = 0
    /// The end of the current line's field name.
    var nameEnd = 0
    var rules = FieldRules()
    private var refusal: WireRefusal?

    public init(bounds: HeadBounds = HeadBounds()) {
        self.bounds = bounds
    }

    /// Forgets whatever was begun. After `.complete` there is no need to.
    public mutating func reset() {
        stage = .start
        mark = 0
        position = 0
        nameEnd = 0
        rules = FieldRules()
        refusal = nil
    }

    /// Reads on in `bytes`, which must begin with the request's first byte and, until it is whole, only ever grow.
    ///
    /// `head` is cleared at a request's first byte and must be the same value until `.complete`; its ranges are into
    /// `bytes`. A refusal is repeated until `reset`. A head of exactly `bounds.bytes` bytes is accepted.
    public mutating func parse(_ bytes: borrowing Span<UInt8>, into head: inout RequestHead) -> HeadOutcome {
        if let refusal { return .refused(refusal) }
        if position == 0 { head.clear() }
        let end = min(bytes.count, bounds.bytes)
        var step = Step.onward
        while case .onward = step { step = advance(bytes, end, &head) }
        switch step {
        case .finished:
            reset()
            return .complete
        case .refused(let cause): return refuse(cause)
        case .more, .onward: return end == bounds.bytes ? refuse(.headTooLarge) : .incomplete
        }
    }

    private mutating func refuse(_ cause: WireRefusal) -> HeadOutcome {
        refusal = cause
        return .refused(cause)
    }

    private mutating func advance(_ bytes: borrowing Span<UInt8>, _ end: Int, _ head: inout RequestHead) -> Step {
        switch stage {
        case .start: start(bytes, end)
        case .method: method(bytes, end, &head)
        case .target: target(bytes, end, &head)
        case .version: version(bytes, end, &head)
        case .fieldName: position == mark ? wholeFields(bytes, end, &head) : fieldName(bytes, end, &head)
        case .fieldValue: fieldValue(bytes, end, &head)
        }
    }

    /// Goes on to `next`, which begins at `start`.
    mutating func enter(_ next: Stage, at start: Int) -> Step {
        stage = next
        mark = start
        position = start
        return .onward
    }

    /// What is wrong with a byte that may stand nowhere in a line, or `otherwise` if it is not that byte's doing.
    static func fault(_ byte: UInt8, otherwise: WireRefusal) -> WireRefusal {
        switch byte {
        case 0x0A: .bareLineFeed
        case 0x09, 0x0D, 0x20: otherwise
        case ..<0x20, 0x7F: .controlByte
        default: otherwise
        }
    }

    /// Whether the CR at `position` is followed by LF. Nil while that is not known.
    func endsLine(_ bytes: borrowing Span<UInt8>, _ end: Int) -> Bool? {
        position &+ 1 < end ? bytes[position &+ 1] == 0x0A : nil
    }
}
