/// Why a secret was not had. No case carries text from outside, so that no fault can hold what a store said.
public enum SecretFault: Error, Hashable, Sendable {
    /// Nobody, or nothing that is an answer: the word and the sentence of what happened on the way.
    case unreached(word: String, description: String)
    /// Whoever says who we are did not take what we showed: a token, a role, keys.
    case loginRefused(status: Int)
    /// The store does not let us read this secret.
    case denied(status: Int)
    case notFound
    /// Too many questions, or a store that cannot answer now.
    case unavailable(status: Int)
    case unexpectedStatus(Int)
    /// An answer that is not what the store's interface says.
    case malformed
    /// A file we show ourselves by: a token, a service account's key.
    case fileUnreadable
    case fileMalformed
    /// The reference has a field, and the secret is no JSON object of texts with it.
    case noField
    /// The reference has no field, and the secret has none or several.
    case fieldNeeded
    case empty
    case tooLarge

    /// For metrics and logs.
    public var word: String {
        switch self {
        case .unreached(let word, _): word
        case .loginRefused: "login_refused"
        case .denied: "denied"
        case .notFound: "not_found"
        case .unavailable: "unavailable"
        case .unexpectedStatus: "unexpected_status"
        case .malformed: "malformed_answer"
        case .fileUnreadable: "file_unreadable"
        case .fileMalformed: "file_malformed"
        case .noField: "no_field"
        case .fieldNeeded: "field_needed"
        case .empty: "empty"
        case .tooLarge: "too_large"
        }
    }

    /// What follows "the secret it refers to …".
    public var words: String {
        switch self {
        case .unreached(_, let description): "could not be fetched: \(description)"
        case .loginRefused(let status): "could not be fetched: our login was refused with status \(status)"
        case .denied(let status): "may not be read by us: the store answered with status \(status)"
        case .notFound: "does not exist"
        case .unavailable(let status): "could not be fetched: the store answered with status \(status)"
        case .unexpectedStatus(let status): "could not be fetched: the store answered with status \(status)"
        case .malformed: "could not be fetched: the store's answer is not what its interface says"
        case .fileUnreadable: "could not be fetched: the file with our own credentials cannot be read"
        case .fileMalformed: "could not be fetched: the file with our own credentials is not what it should be"
        case .noField: "is no JSON object with that field, or the field is neither text nor a number"
        case .fieldNeeded: "has more than one field; name one after `#`"
        case .empty: "is empty"
        case .tooLarge: "is larger than \(SecretFault.valueBytesMax) bytes"
        }
    }

    /// A secret larger than this is not one.
    public static let valueBytesMax = 65_536

    /// Whether asking again soon may help.
    public var isTransient: Bool {
        switch self {
        case .unreached(let word, _): word != "closed" && word != "invalid_request"
        case .unavailable: true
        default: false
        }
    }
}
