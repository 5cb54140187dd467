/// A header name to be sent that is not a literal of ours, such as one from the configuration. Holding one proves that
/// it is a token (RFC 9110 section 5.1), so no line can be ended in it.
public struct FieldName: Hashable, Sendable {
    /// A name longer than this is none.
    public static let byteBound = 128

    public let bytes: [UInt8]

    /// Nil unless `bytes` are a token of at most `byteBound` bytes.
    public init?(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, bytes.count <= Self.byteBound, bytes.allSatisfy(Octets.isToken) else { return nil }
        self.bytes = bytes
    }
}
