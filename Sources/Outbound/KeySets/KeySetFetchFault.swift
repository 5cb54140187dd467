public import Credentials

/// Why a fetch of an issuer's keys brought none. No case carries text from outside.
public enum KeySetFetchFault: Error, Equatable, Sendable {
    /// What was being fetched.
    public enum Document: String, Sendable {
        case discovery
        case keySet = "jwks"
    }

    case unreached(Document, OutboundFault)
    case status(Document, Int)
    /// The discovery document is not a JSON object with `issuer` and `jwks_uri`.
    case badMetadata
    /// It names another issuer than the one configured, byte for byte.
    case issuerMismatch
    /// Its `jwks_uri` is no URL, or not https.
    case badKeySetURL
    case badKeySet(KeySetFault)
    /// Not one key of the document serves an algorithm that the configuration lists.
    case noUsableKey

    /// For metrics and logs.
    public var word: String {
        switch self {
        case .unreached(_, let fault): fault.rawValue
        case .status: "unexpected_status"
        case .badMetadata: "bad_metadata"
        case .issuerMismatch: "issuer_mismatch"
        case .badKeySetURL: "bad_jwks_uri"
        case .badKeySet(let fault): fault.rawValue
        case .noUsableKey: "no_usable_key"
        }
    }

    /// One sentence for a log.
    public var description: String {
        switch self {
        case .unreached(let document, let fault): "\(document.rawValue): \(fault.description)"
        case .status(let document, let status): "\(document.rawValue): the server answered with status \(status)"
        case .badMetadata: "the discovery document has no issuer and jwks_uri"
        case .issuerMismatch: "the discovery document names another issuer than the configuration"
        case .badKeySetURL: "the discovery document's jwks_uri is not an https URL"
        case .badKeySet(let fault): "jwks: \(fault.description)"
        case .noUsableKey: "jwks: no key serves an algorithm that the configuration lists"
        }
    }
}
