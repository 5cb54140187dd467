import Bytes

/// The header that was read last, and how it was spelled. The tokens of an issuer share one from key to key, so nearly
/// every token's header has been read before.
///
/// It remembers what a spelling means and nothing about any token: whether its signature is right is asked each time.
public struct JOSEHeaderMemo: Sendable {
    private var spelling: [UInt8] = []
    private var header: JOSEHeader?

    /// A longer one is read anew each time.
    static let bytesMax = 1_024

    public init() {}

    /// - Parameter part: the encoded header. One that brings a key is not remembered: it is its bearer's own.
    mutating func header(
        _ part: borrowing Span<UInt8>, key rule: JOSEHeader.KeyRule
    ) throws(TokenRefusal) -> JOSEHeader {
        if rule == .refused, let header, part.equals(spelling) { return header }
        let read = try JOSEHeader(try CompactJWS.object(part), key: rule)
        if rule == .refused, part.count <= JOSEHeaderMemo.bytesMax { (spelling, header) = (part.copy(), read) }
        return read
    }
}
