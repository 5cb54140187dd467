public import Domain

/// Why bytes were not taken for a request. After any of these the connection must be closed: where the next request
/// would begin is no longer known, and a guess is how requests are smuggled (RFC 9112 section 11.2).
public enum WireRefusal: UInt8, CaseIterable, Sendable, Error {
    // The request line.
    case malformedMethod, malformedTarget, targetNotOriginForm, malformedVersion, unsupportedVersion
    // Any line.
    case bareCarriageReturn, bareLineFeed, controlByte
    // The fields.
    case obsoleteFolding, spaceBeforeColon, emptyFieldName, malformedFieldName, missingColon
    case missingHost, doubledHost, malformedHost, malformedConnection
    // Framing.
    case malformedContentLength, doubledContentLength, contentLengthWithTransferEncoding
    case unknownTransferEncoding, transferEncodingBefore11
    // The body.
    case malformedChunk, malformedTrailer
    // The bounds.
    case headTooLarge, tooManyFields, bodyTooLarge, chunkExtensionsTooLarge, trailersTooLarge

    /// What the rest of Postern calls this.
    public var reason: DenyReason {
        switch self {
        case .unsupportedVersion: .unsupportedVersion
        case .headTooLarge: .headTooLarge
        case .tooManyFields: .tooManyHeaders
        case .bodyTooLarge, .chunkExtensionsTooLarge, .trailersTooLarge: .bodyTooLarge
        default: .malformedRequest
        }
    }

    /// One line for a log. It quotes nothing of the request, which may hold a secret.
    public var description: StaticString {
        switch self {
        case .malformedMethod: "the method is not a token"
        case .malformedTarget: "the request target is empty or holds bytes no target may hold"
        case .targetNotOriginForm: "the request target does not begin with a slash"
        case .malformedVersion: "the request line does not end in an HTTP version"
        case .unsupportedVersion: "the HTTP version is neither 1.0 nor 1.1"
        case .bareCarriageReturn: "a carriage return without a line feed"
        case .bareLineFeed: "a line feed without a carriage return"
        case .controlByte: "a control byte"
        case .obsoleteFolding: "a line begins with white space"
        case .spaceBeforeColon: "white space before a colon"
        case .emptyFieldName: "a header without a name"
        case .malformedFieldName: "a header name is not a token"
        case .missingColon: "a header line without a colon"
        case .missingHost: "no Host"
        case .doubledHost: "more than one Host"
        case .malformedHost: "Host holds bytes no host may hold"
        case .malformedConnection: "Connection is not a list of tokens"
        case .malformedContentLength: "Content-Length is not one number"
        case .doubledContentLength: "more than one Content-Length"
        case .contentLengthWithTransferEncoding: "Content-Length beside Transfer-Encoding"
        case .unknownTransferEncoding: "Transfer-Encoding is not exactly chunked"
        case .transferEncodingBefore11: "Transfer-Encoding in HTTP/1.0"
        case .malformedChunk: "a malformed chunk"
        case .malformedTrailer: "a malformed trailer"
        case .headTooLarge: "the head passes its bound"
        case .tooManyFields: "more headers than the bound"
        case .bodyTooLarge: "the body passes its bound"
        case .chunkExtensionsTooLarge: "chunk extensions pass their bound"
        case .trailersTooLarge: "trailers pass their bound"
        }
    }
}
