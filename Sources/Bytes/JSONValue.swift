/// A JSON document (RFC 8259) as it was sent: members in their order, numbers by their spelling.
///
/// Names and strings are compared byte for byte (`isExactly`), not by Unicode's canonical equivalence as `==` on
/// String does: two spellings of an `é` are two names.
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// The text, where this is a string.
    public var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The object, where this is one.
    public var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The elements, where this is an array.
    public var elements: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// True or false, where this is a JSON boolean: never `1`, never `"true"`.
    public var flag: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }
}

/// The members of an object, each name once.
///
/// Looking up walks the members: documents here are bounded to a few kilobytes and asked a few times.
public struct JSONObject: Sendable, Equatable {
    public struct Member: Sendable, Equatable {
        public var key: String
        public var value: JSONValue

        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    public private(set) var members: [Member]

    public init() { members = [] }

    /// - Parameter members: in order; of two with one name the later is not reachable, and the parser refuses such.
    public init(_ members: [(String, JSONValue)]) {
        self.members = members.map { Member(key: $0.0, value: $0.1) }
    }

    init(parsed members: [Member]) { self.members = members }

    /// The value of the member with exactly this name.
    public subscript(_ key: String) -> JSONValue? {
        for member in members where member.key.isExactly(key) { return member.value }
        return nil
    }

    public var isEmpty: Bool { members.isEmpty }
}

extension String {
    /// Whether both are the same bytes. `==` would also equate canonical equivalents (RFC 8259 section 8.3 and
    /// RFC 7519 section 7.3 compare code points); it goes before the bytes because it is the quicker way to say no,
    /// and the lengths are quicker still.
    @inlinable @inline(__always)
    public func isExactly(_ other: String) -> Bool { utf8.count == other.utf8.count && isSame(as: other) }

    @usableFromInline
    func isSame(as other: String) -> Bool {
        guard self == other else { return false }
        let isSame = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in
                right.baseAddress.map { memoryEquals(UnsafeRawPointer(left.baseAddress), $0, left.count) }
                    ?? left.isEmpty
            }
        }
        return isSame.flatMap { $0 } ?? utf8.elementsEqual(other.utf8)
    }
}
