public import Bytes

/// How far a body got in the bytes it was given.
public enum BodyProgress: Equatable, Sendable {
    /// All of them belong to the body, and more is to come.
    case more(consumed: Int)
    /// The body ended after that many; the next request begins there.
    case done(consumed: Int)
    /// Close the connection.
    case refused(WireRefusal)
}

/// Follows one request's body to its end, whatever its framing (RFC 9112 section 6), and reports where its data lies.
///
/// Nothing is buffered: each call takes the bytes after those already consumed. Chunk extensions and trailers are
/// checked and dropped.
public struct BodyReader: Sendable {
    /// All chunk extensions of a body, in bytes. None means anything to us.
    public static let extensionBound = 1024
    /// All trailers of a body, in bytes.
    public static let trailerBound = 8192

    private enum Mode {
        case done
        case sized(Int64)
        case chunked(ChunkReader)
        case refused(WireRefusal)
    }

    private var mode: Mode

    /// `limit` is in bytes of data; a body of exactly that many is accepted. One announced larger is refused before a
    /// byte of it is read.
    public init(framing: BodyFraming, limit: Int64) {
        switch framing {
        case .none: mode = .done
        case .sized(let count): mode = count > limit ? .refused(.bodyTooLarge) : .sized(count)
        case .chunked: mode = .chunked(ChunkReader(limit: limit))
        }
    }

    /// Reads on. `data` is called for each piece of data, in order, with its place in `bytes`.
    public mutating func consume(_ bytes: borrowing Span<UInt8>, _ data: (ByteRange) -> Void) -> BodyProgress {
        switch mode {
        case .done: return .done(consumed: 0)
        case .refused(let cause): return .refused(cause)
        case .sized(let rest):
            let count = Int(min(rest, Int64(bytes.count)))
            if count > 0 { data(ByteRange(start: 0, count: count)) }
            mode = .sized(rest - Int64(count))
            guard Int64(count) == rest else { return .more(consumed: count) }
            mode = .done
            return .done(consumed: count)
        case .chunked(var reader):
            let progress = reader.consume(bytes, data)
            switch progress {
            case .more: mode = .chunked(reader)
            case .done: mode = .done
            case .refused(let cause): mode = .refused(cause)
            }
            return progress
        }
    }

    /// Reads on and drops the data.
    public mutating func skip(_ bytes: borrowing Span<UInt8>) -> BodyProgress {
        consume(bytes) { _ in }
    }
}
