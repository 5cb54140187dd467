import Bytes

/// The request methods of RFC 9110 section 9 and RFC 5789. Anything else is `other`, and its name is compared as bytes.
public enum Method: UInt8, CaseIterable, Sendable {
    case get, head, post, put, delete, patch, options, trace, connect, other

    /// Methods are case-sensitive (RFC 9110 section 9.1): `get` is `other`.
    public init(_ name: borrowing Span<UInt8>) {
        for method in Method.allCases where method != .other {
            if name.equals(method.name) {
                self = method
                return
            }
        }
        self = .other
    }

    public var name: StaticString {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .patch: "PATCH"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .connect: "CONNECT"
        case .other: "OTHER"
        }
    }
}
