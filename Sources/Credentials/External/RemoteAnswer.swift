import Bytes
public import Domain

/// What a server that was asked about a credential sent back.
public struct RemoteAnswer: Sendable {
    public var status: Int
    public var contentType: String?
    public var body: [UInt8]

    public init(status: Int, contentType: String?, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// The JSON object that a decided answer is: status 200 and a JSON content type, nothing looser.
    func object() throws(RemoteFault) -> JSONObject {
        guard status == 200 else { throw .unexpectedStatus(status) }
        guard isJSON else { throw .wrongContentType }
        let value: JSONValue
        do { value = try JSONParser.parse(body.span) } catch { throw .notJSON }
        guard let object = value.object else { throw .notJSON }
        return object
    }

    /// `application/json`, in any case and with any parameters (RFC 9110 section 8.3.1).
    private var isJSON: Bool {
        guard let contentType else { return false }
        let type = contentType.prefix { $0 != ";" && $0 != " " && $0 != "\t" }
        return type.utf8.map(ASCII.lowercased).elementsEqual("application/json".utf8)
    }
}

/// Why nobody can say yes or no: never a refusal, and never an allow (gate.md 13). Holds no text that came from
/// outside.
public enum RemoteFault: Error, Equatable, Sendable {
    /// No answer came; the word and the sentence say what happened on the way.
    case unreached(word: String, description: String)
    /// The server does not accept our own credentials: only whoever configured them can mend that.
    case clientRefused
    case unexpectedStatus(Int)
    case wrongContentType
    /// The body is not strict JSON, or not an object.
    case notJSON
    /// A member of the answer, named by its specification, is missing or of the wrong type.
    case badMember(String)

    /// For metrics and logs.
    public var word: String {
        switch self {
        case .unreached(let word, _): word
        case .clientRefused: "client_refused"
        case .unexpectedStatus: "unexpected_status"
        case .wrongContentType: "wrong_content_type"
        case .notJSON: "not_json"
        case .badMember: "bad_member"
        }
    }

    /// One sentence for a log.
    public var description: String {
        switch self {
        case .unreached(_, let description): description
        case .clientRefused: "the server refused our own credentials"
        case .unexpectedStatus(let status): "the server answered with status \(status)"
        case .wrongContentType: "the answer is not application/json"
        case .notJSON: "the answer is not a strict JSON object"
        case .badMember(let name): "the answer's member '\(name)' is missing or of the wrong type"
        }
    }
}

/// What asking somebody else came to.
public enum RemoteVerdict<Accepted: Sendable>: Sendable {
    case accepted(Accepted)
    /// Decided, and may be cached as a refusal. The second says which claim it was about, where it was one.
    case refused(DenyReason, claim: String?)
    case undecidable(RemoteFault)

    public var fault: RemoteFault? {
        guard case .undecidable(let fault) = self else { return nil }
        return fault
    }
}

extension JSONObject {
    /// A member that may be absent or null.
    func optional<Value>(
        _ name: String, _ read: (JSONValue) -> Value?
    ) throws(RemoteFault) -> Value? {
        guard let value = self[name], value != .null else { return nil }
        guard let read = read(value) else { throw .badMember(name) }
        return read
    }

    /// An optional array of strings; empty where absent.
    func texts(_ name: String) throws(RemoteFault) -> [String] {
        let texts = try optional(name) { value -> [String]? in
            guard let elements = value.elements else { return nil }
            let texts = elements.compactMap(\.text)
            return texts.count == elements.count ? texts : nil
        }
        return texts ?? []
    }

    /// An optional count of seconds that is not negative.
    func seconds(_ name: String) throws(RemoteFault) -> Int64? {
        try optional(name) { value in
            guard case .number(let number) = value, let seconds = number.integer, seconds >= 0 else { return nil }
            return seconds
        }
    }
}
