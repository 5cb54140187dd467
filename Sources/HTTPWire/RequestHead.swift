public import Bytes

/// One header field as it stands in the request. `value` is trimmed of optional white space (RFC 9110 section 5.5) and
/// may be empty.
public struct HeaderField: Equatable, Sendable {
    public var name: ByteRange
    public var value: ByteRange
    public var token: HeaderToken

    @inlinable
    public init(name: ByteRange, value: ByteRange, token: HeaderToken) {
        self.name = name
        self.value = value
        self.token = token
    }
}

/// How the body after a head is delimited (RFC 9112 section 6.3).
public enum BodyFraming: Equatable, Sendable {
    /// Nothing follows: no framing header, or `Content-Length: 0`.
    case none
    /// That many bytes, at least one.
    case sized(Int64)
    /// `Transfer-Encoding: chunked`.
    case chunked
}

/// A parsed request line and its header fields, as ranges into the bytes that were parsed.
///
/// One value serves a connection's requests one after another: clearing it keeps its memory, so parsing allocates
/// only while a request has more fields than any before it. It means nothing until a parse said `.complete`.
///
/// Not copyable, so that whoever keeps one in a class reads it in place.
public struct RequestHead: ~Copyable, Sendable {
    /// A token of RFC 9110 section 5.6.2; case-sensitive.
    public var method = ByteRange.empty
    /// Begins with `/`, or is `*` where the method is OPTIONS. Printable ASCII without space; otherwise raw.
    public var target = ByteRange.empty
    /// 0 or 1, as in HTTP/1.0 and HTTP/1.1.
    public var minorVersion: UInt8 = 1
    /// In the order they came, duplicates included.
    public var fields: ContiguousArray<HeaderField> = []
    public var framing = BodyFraming.none
    /// Whether another request may follow on this connection (RFC 9112 section 9.3).
    public var keepsAlive = false
    /// Whether the sender waits for `100 Continue` before it sends the body that `framing` announces.
    public var expectsContinue = false
    /// The length of the head, an empty line before it and the one that ends it included: where the body begins.
    public var byteCount = 0

    /// One bit per token seen once or more, and one per token seen twice or more.
    @usableFromInline var seen: UInt64 = 0
    @usableFromInline var repeated: UInt64 = 0
    /// Where in `fields` each token that was seen came first.
    @usableFromInline var first = InlineArray<64, UInt16>(repeating: 0)

    public init() {}

    /// Whether a field with this name came. Costs one test of a bit.
    @inlinable public func contains(_ token: HeaderToken) -> Bool { seen & token.bit != 0 }

    /// Whether a field with this name came twice or more.
    @inlinable public func isRepeated(_ token: HeaderToken) -> Bool { repeated & token.bit != 0 }

    /// The value of the first field with this name, or nil if none came. Says nothing about a second one:
    /// ask `isRepeated` where that matters.
    @inlinable
    @inline(__always)
    public func value(of token: HeaderToken) -> ByteRange? {
        contains(token) ? fields[Int(first[Int(token.rawValue)])].value : nil
    }

    mutating func clear() {
        method = .empty
        target = .empty
        minorVersion = 1
        fields.removeAll(keepingCapacity: true)
        framing = .none
        keepsAlive = false
        expectsContinue = false
        byteCount = 0
        seen = 0
        repeated = 0
    }

    @inline(__always)
    mutating func append(_ field: HeaderField) {
        if seen & field.token.bit != 0 {
            repeated |= field.token.bit
        } else {
            first[Int(field.token.rawValue)] = UInt16(truncatingIfNeeded: fields.count)
        }
        seen |= field.token.bit
        fields.append(field)
    }
}

/// How much a head may hold before it is refused.
public struct HeadBounds: Equatable, Sendable {
    /// From the request's first byte to the end of the empty line after the fields.
    public var bytes: Int
    public var fields: Int

    public init(bytes: Int = 65536, fields: Int = 128) {
        precondition(bytes > 0 && 0...65_536 ~= fields, "a head bound below nothing, or beyond what can be counted")
        self.bytes = bytes
        self.fields = fields
    }
}
