import Bytes

/// How Postern proves to an introspection endpoint who it is (RFC 6749 section 2.3.1). Printing one shows nothing.
public struct ClientCredentials: Sendable, CustomStringConvertible, CustomReflectable {
    public enum Method: String, CaseIterable, Sendable {
        /// `Authorization: Basic`, which every server must take.
        case basic
        /// `client_id` and `client_secret` in the body, for servers that take nothing else.
        case post
    }

    public let method: Method
    private let identifier: [UInt8]
    private let secret: [UInt8]

    public init(_ method: Method = .basic, identifier: [UInt8], secret: [UInt8]) {
        self.method = method
        self.identifier = identifier
        self.secret = secret
    }

    /// The value of `Authorization`; nil where the credentials go into the body. Both are form-encoded before they are
    /// joined, so that a colon in the identifier stays part of it.
    public var authorization: String? {
        guard method == .basic else { return nil }
        var pair = ByteWriter()
        pair.write(form: identifier.span)
        pair.write(0x3A)
        pair.write(form: secret.span)
        return "Basic " + Base64.encode(pair.bytes.span)
    }

    /// The body of a question about `token` (RFC 7662 section 2.1), `application/x-www-form-urlencoded`.
    public func body(token: borrowing Span<UInt8>) -> [UInt8] {
        var writer = ByteWriter()
        writer.write("token=")
        writer.write(form: token)
        writer.write("&token_type_hint=access_token")
        if method == .post {
            writer.write("&client_id=")
            writer.write(form: identifier.span)
            writer.write("&client_secret=")
            writer.write(form: secret.span)
        }
        return [UInt8](writer.bytes)
    }

    public var description: String { "<client credentials>" }
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

extension ByteWriter {
    /// `bytes` as a value of `application/x-www-form-urlencoded`: what is not unreserved is escaped, a space
    /// too: servers that read these credentials as a URL's part, and not as a form's, know no `+`.
    mutating func write(form bytes: borrowing Span<UInt8>) {
        for index in 0..<bytes.count {
            let byte = bytes[index]
            if ASCII.isUnreserved(byte), byte != 0x7E {
                write(byte)
            } else {
                write(escaped: byte)
            }
        }
    }
}
