import Bytes
import Credentials
import Foundation

/// Keys as a vector has them: a JWK Set, a PEM or a secret.
struct VectorKeys: Decodable, Sendable {
    /// Only through `JSONSerialization`-free text: the set is handed over as it would be fetched.
    var jwks: JSONText?
    var pem: String?
    var secret: String?

    func compiled(_ algorithms: [SignatureAlgorithm]) throws(KeySetFault) -> KeySet {
        if let jwks { return try KeySet(jwks: jwks.bytes.span, algorithms: algorithms) }
        if let pem { return try KeySet(pem: [UInt8](pem.utf8).span, algorithms: algorithms) }
        guard let bytes = secret.flatMap(VectorKeys.decode) else {
            preconditionFailure("neither a set, a PEM nor a secret")
        }
        return try KeySet(secret: bytes.span, algorithms: algorithms)
    }

    static func decode(_ base64URL: String) -> [UInt8]? { Base64URL.decode([UInt8](base64URL.utf8).span) }
}

/// A JSON value kept as text: decoded as any value, written out again.
struct JSONText: Decodable, Sendable {
    var bytes: [UInt8]

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            bytes = [UInt8](text.utf8)
        } else {
            bytes = [UInt8](try JSONEncoder().encode(try container.decode(AnyJSON.self)))
        }
    }
}

/// As much JSON as a JWK Set is made of.
enum AnyJSON: Codable, Sendable {
    case string(String), number(Double), bool(Bool), array([AnyJSON]), object([String: AnyJSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode([AnyJSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: AnyJSON].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .string(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .bool(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
