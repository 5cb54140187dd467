import Bytes

/// What Postern knows of the request it was asked about, for somebody else to judge. Cold: made per question, in
/// Strings.
public struct ExternalRequest: Sendable {
    public var method: String
    /// As the route saw it, without the query.
    public var path: String
    public var host: String?
    /// Nil where the client's address is not known (gate.md 6).
    public var address: String?
    /// The fields that the configuration lists, names in lower case. Lines of one name are joined (RFC 9110 section
    /// 5.3), because an object has each name once.
    public var headers: [(name: String, value: String)]

    public init(
        method: String, path: String, host: String? = nil, address: String? = nil,
        headers: [(name: String, value: String)] = []
    ) {
        self.method = method
        self.path = path
        self.host = host
        self.address = address
        self.headers = headers
    }

    var json: JSONObject {
        var members: [(String, JSONValue)] = [("method", .string(method)), ("path", .string(path))]
        members.append(text: host, as: "host")
        members.append(text: address, as: "address")
        members.append(("headers", .object(joinedHeaders)))
        return JSONObject(members)
    }

    private var joinedHeaders: JSONObject {
        var joined: [(name: String, value: String)] = []
        for (name, value) in headers {
            if let index = joined.firstIndex(where: { $0.name.isExactly(name) }) {
                joined[index].value += ", " + value
            } else {
                joined.append((name, value))
            }
        }
        return JSONObject(joined.map { ($0.name, .string($0.value)) })
    }
}

extension [(String, JSONValue)] {
    /// Nothing where there is nothing to say: absent and null mean the same to whoever reads it.
    mutating func append(text: String?, as name: String) {
        if let text { append((name, .string(text))) }
    }

    mutating func append(texts: [String], as name: String) {
        append((name, .array(texts.map { .string($0) })))
    }
}

extension JSONObject {
    /// As the body of a request.
    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.write(self)
        return [UInt8](writer.bytes)
    }
}
