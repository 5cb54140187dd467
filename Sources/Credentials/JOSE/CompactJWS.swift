public import Bytes

/// A JWS in compact serialization (RFC 7515 section 7.1), read and not yet verified.
///
/// It keeps positions and not the token: the bytes that were signed are a prefix of it and need no copy.
public struct CompactJWS: Sendable {
    public let header: JOSEHeader
    /// How many bytes of the token, from its start, are signed: `header.payload`.
    public let signedCount: Int
    /// Where the encoded payload lies.
    public let payload: ByteRange
    public let signature: [UInt8]

    /// - Parameter bytesMax: the most a token may have; looked at before anything else.
    public static func read(
        _ token: borrowing Span<UInt8>, bytesMax: Int
    ) -> Result<CompactJWS, TokenRefusal> {
        var (reached, memo) = (TokenRule.size, JOSEHeaderMemo())
        do throws(TokenRefusal) {
            return .success(try CompactJWS(token, bytesMax: bytesMax, memo: &memo, reached: &reached))
        } catch {
            return .failure(error)
        }
    }

    init(
        _ token: borrowing Span<UInt8>, bytesMax: Int, key: JOSEHeader.KeyRule = .refused,
        memo: inout JOSEHeaderMemo, reached: inout TokenRule
    ) throws(TokenRefusal) {
        reached = .size
        guard token.count <= bytesMax else { throw TokenRefusal(.tooLarge) }
        reached = .form
        guard let first = token.firstIndex(of: 0x2E),
            let second = token.firstIndex(of: 0x2E, from: first + 1),
            token.firstIndex(of: 0x2E, from: second + 1) == nil
        else { throw TokenRefusal(.notCompact) }
        reached = .header
        header = try memo.header(token.extracting(0..<first), key: key)
        signedCount = second
        payload = ByteRange(first + 1..<second)
        reached = .encoding
        guard let signature = Base64URL.decode(token.extracting(second + 1..<token.count)) else {
            throw TokenRefusal(.badBase64URL)
        }
        self.signature = signature
    }

    /// The JSON object that a part encodes.
    static func object(_ part: borrowing Span<UInt8>) throws(TokenRefusal) -> JSONObject {
        guard let bytes = Base64URL.decode(part) else { throw TokenRefusal(.badBase64URL) }
        let value: JSONValue
        do {
            value = try JSONParser.parse(bytes.span)
        } catch {
            throw TokenRefusal(error.kind == .duplicateMember ? .duplicateMember : .badJSON)
        }
        guard let object = value.object else { throw TokenRefusal(.notAnObject) }
        return object
    }

    /// Whether `key` signed this; `token` is the one it was read from.
    public func isSigned(by key: VerificationKey, token: borrowing Span<UInt8>) -> Bool {
        guard key.algorithm == header.algorithm, signedCount <= token.count else { return false }
        return key.verify(signature: signature.span, over: token.extracting(0..<signedCount))
    }
}
