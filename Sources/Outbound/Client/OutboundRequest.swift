public import Credentials
public import Domain

/// One request. Printing one shows neither its fields nor its body, which is where the secrets are.
public struct OutboundRequest: Sendable, CustomStringConvertible, CustomReflectable {
    public struct Field: Sendable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public var endpoint: OutboundEndpoint
    /// GET, PUT without a body, or POST with one; nothing else is spoken.
    public var method: Method
    public var fields: [Field]
    public var body: [UInt8]
    /// From `send` to the last byte of the answer: the time in the queue, the look-up of the name and the handshake
    /// are all in it.
    public var deadlineMillis: Int
    /// Bytes of an answer's body; one more is `bodyTooLarge`.
    public var answerBytesMax: Int
    /// Signs the request for AWS; nil for everybody else.
    public var signature: AmazonSignature?
    /// Whether a proxy named by the environment is passed by. For servers of this machine's own network that hand out
    /// its credentials, which no proxy may see.
    public var isDirect = false

    public init(
        _ method: Method, _ endpoint: OutboundEndpoint, fields: [Field] = [], body: [UInt8] = [],
        deadlineMillis: Int, answerBytesMax: Int = 65_536
    ) {
        self.method = method
        self.endpoint = endpoint
        self.fields = fields
        self.body = body
        self.deadlineMillis = deadlineMillis
        self.answerBytesMax = answerBytesMax
    }

    public var description: String { "<outbound request>" }
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }

    /// Whether every field may be sent as it stands: a name is a token, a value has no control bytes (RFC 9110 section
    /// 5), so that nobody's value can become a second field.
    var isValid: Bool {
        guard method == .get || method == .post || (method == .put && body.isEmpty) else { return false }
        return fields.allSatisfy { field in
            !field.name.isEmpty && field.name.utf8.allSatisfy { OutboundRequest.isTokenByte($0) }
                && field.value.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && !"\"(),/:;<=>?@[\\]{}".utf8.contains(byte)
    }
}

/// Signature Version 4, as libcurl makes it: of the method, the path, every field and the body.
public struct AmazonSignature: Sendable {
    public var keys: AmazonKeys
    public var region: String
    public var service: String

    public init(keys: AmazonKeys, region: String, service: String) {
        self.keys = keys
        self.region = region
        self.service = service
    }

    var scope: String { "aws:amz:\(region):\(service)" }
}

/// A whole answer.
public struct OutboundResponse: Sendable {
    public var status: Int
    /// Names in lower case, in the order they came.
    public var fields: [OutboundRequest.Field]
    public var body: [UInt8]
    /// Whether it came by HTTP/2.
    public var isHTTP2: Bool

    /// The field's values, joined as RFC 9110 section 5.3 says; nil if it did not come. `name` in lower case.
    public func field(_ name: String) -> String? {
        let values = fields.filter { $0.name == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}
