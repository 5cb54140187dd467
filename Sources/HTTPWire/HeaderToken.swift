import Bytes

/// The header names Postern acts on, interned: the pipeline asks for a token and never compares names again.
///
/// The raw value is a bit position in `RequestHead`'s sets, so there may be at most 64.
public enum HeaderToken: UInt8, CaseIterable, Sendable {
    case other
    case te, host, origin, expect, upgrade, trailer, connection
    case contentType, contentLength, authorization, transferEncoding, accessControlRequestMethod
    case xAPIKey, xRealIP, xRequestID
    case xOriginalURI, xOriginalURL, xOriginalMethod
    case xForwardedFor, xForwardedURI, xForwardedHost, xForwardedProto, xForwardedMethod
    case xPosternClientAddr, xEnvoyExpectedRqTimeoutMs
    case secWebSocketProtocol
    case dpop, clientCert, clientCertChain, sslClientCert, xForwardedClientCert

    /// The name in lower case, as it is compared; empty for `other`.
    @inline(__always)
    public var name: StaticString {
        switch self {
        case .other: ""
        case .te: "te"
        case .host: "host"
        case .origin: "origin"
        case .expect: "expect"
        case .upgrade: "upgrade"
        case .trailer: "trailer"
        case .connection: "connection"
        case .contentType: "content-type"
        case .contentLength: "content-length"
        case .authorization: "authorization"
        case .transferEncoding: "transfer-encoding"
        case .accessControlRequestMethod: "access-control-request-method"
        case .xAPIKey: "x-api-key"
        case .xRealIP: "x-real-ip"
        case .xRequestID: "x-request-id"
        case .xOriginalURI: "x-original-uri"
        case .xOriginalURL: "x-original-url"
        case .xOriginalMethod: "x-original-method"
        case .xForwardedFor: "x-forwarded-for"
        case .xForwardedURI: "x-forwarded-uri"
        case .xForwardedHost: "x-forwarded-host"
        case .xForwardedProto: "x-forwarded-proto"
        case .xForwardedMethod: "x-forwarded-method"
        case .xPosternClientAddr: "x-postern-client-addr"
        case .xEnvoyExpectedRqTimeoutMs: "x-envoy-expected-rq-timeout-ms"
        case .secWebSocketProtocol: "sec-websocket-protocol"
        case .dpop: "dpop"
        case .clientCert: "client-cert"
        case .clientCertChain: "client-cert-chain"
        case .sslClientCert: "ssl-client-cert"
        case .xForwardedClientCert: "x-forwarded-client-cert"
        }
    }

    /// This token's place in a set of tokens.
    @inlinable
    @inline(__always)
    var bit: UInt64 { 1 << UInt64(rawValue) }

    /// The token for `name` in any case, `.other` for a name that is not ours.
    ///
    /// Length and last letter leave at most one candidate, which is then compared whole. (First letters tell less:
    /// half of our names begin with `x-`.)
    public init(_ name: borrowing Span<UInt8>) {
        let candidate = Self.candidate(count: name.count, last: name.isEmpty ? 0 : name[name.count &- 1] | 0x20)
        self = candidate != .other && Octets.equalsIgnoringCase(name, candidate.name) ? candidate : .other
    }

    @inline(__always)
    private static func candidate(count: Int, last: UInt8) -> HeaderToken {
        switch count {
        case 2: .te
        case 4: last == UInt8(ascii: "t") ? .host : .dpop
        case 6: last == UInt8(ascii: "n") ? .origin : .expect
        case 7: last == UInt8(ascii: "e") ? .upgrade : .trailer
        case 9: last == UInt8(ascii: "y") ? .xAPIKey : .xRealIP
        case 10: .connection
        case 11: .clientCert
        case 12: last == UInt8(ascii: "e") ? .contentType : .xRequestID
        case 13: .authorization
        case 14:
            switch last {
            case UInt8(ascii: "h"): .contentLength
            case UInt8(ascii: "i"): .xOriginalURI
            default: .xOriginalURL
            }
        case 15:
            switch last {
            case UInt8(ascii: "r"): .xForwardedFor
            case UInt8(ascii: "t"): .sslClientCert
            default: .xForwardedURI
            }
        case 16: .xForwardedHost
        case 17:
            switch last {
            case UInt8(ascii: "g"): .transferEncoding
            case UInt8(ascii: "o"): .xForwardedProto
            case UInt8(ascii: "n"): .clientCertChain
            default: .xOriginalMethod
            }
        case 18: .xForwardedMethod
        case 21: .xPosternClientAddr
        case 22: .secWebSocketProtocol
        case 23: .xForwardedClientCert
        case 29: .accessControlRequestMethod
        case 30: .xEnvoyExpectedRqTimeoutMs
        default: .other
        }
    }
}
