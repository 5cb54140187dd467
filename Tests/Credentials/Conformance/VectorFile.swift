import Foundation

/// A file of `Tests/Credentials/Vectors`, whose README describes the format.
///
/// A file that is missing or misspelled traps: whoever asked for it could only pass by testing nothing.
struct VectorFile: Decodable, Sendable {
    var kind: String?
    var now: Int64?
    var policy: VectorPolicy?
    var keysets: [String: VectorKeys]?
    var tokens: [TokenVector]?
    var signatures: [SignatureVector]?
    var thumbprints: [ThumbprintVector]?
    var digests: [DigestVector]?
    var certificates: [CertificateVector]?
    var proofs: [ProofVector]?
    var proofRequest: ProofRequest?

    private enum CodingKeys: String, CodingKey {
        case kind, now, policy, keysets, tokens, signatures, thumbprints, digests, certificates, proofs
        case proofRequest = "proof_request"
    }

    static let conformance = [
        "rfc7515", "rfc7520", "rfc7638", "rfc8037", "rfc8705", "rfc9068", "rfc9449",
    ].map { load("Conformance/\($0)", as: VectorFile.self) }

    static let keys = load("keys", as: [String: VectorKeys].self)

    static func load<Document: Decodable>(_ name: String, as type: Document.Type) -> Document {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = folder.appending(path: "Vectors/\(name).json")
        do {
            return try JSONDecoder().decode(type, from: Data(contentsOf: file))
        } catch {
            preconditionFailure("\(name).json: \(error)")
        }
    }
}

/// One word, or several of which any will do.
struct Words: Decodable, Sendable {
    var words: [String]

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let word = try? container.decode(String.self) {
            words = [word]
        } else {
            words = try container.decode([String].self)
        }
    }
}
