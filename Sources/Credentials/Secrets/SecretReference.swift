import Bytes

/// `vault:secret/postern#key`: where a secret is, instead of the secret.
///
/// Checked byte by byte, because parts of it become the path of a URL, and one of Azure's a part of the host.
public struct SecretReference: Sendable, Hashable {
    public enum Scheme: String, CaseIterable, Sendable {
        case vault, aws, gcp, azure
    }

    /// What is wrong with one. Follows the name of the key it stands under, and repeats nothing of the reference.
    public struct Fault: Error, Equatable, Sendable {
        public let words: String
    }

    /// Bytes of a whole reference.
    public static let bytesMax = 2_048

    public let scheme: Scheme
    /// What follows the scheme, without the field.
    public let name: String
    /// Which member, where the secret is a JSON object.
    public let field: String?

    /// The scheme `text` starts with; nil where it is no reference of these.
    public static func scheme(of text: String) -> Scheme? {
        Scheme.allCases.first { text.hasPrefix($0.rawValue + ":") }
    }

    /// - Returns: nil where `text` is no reference at all.
    public init?(_ text: String) throws(Fault) {
        guard let scheme = SecretReference.scheme(of: text) else { return nil }
        guard text.utf8.count <= SecretReference.bytesMax else {
            throw Fault(words: "is a reference longer than \(SecretReference.bytesMax) bytes")
        }
        self.scheme = scheme
        let rest = text.dropFirst(scheme.rawValue.utf8.count + 1)
        let parts = rest.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        name = parts.first.map(String.init) ?? ""
        field = parts.count == 2 ? String(parts[1]) : nil
        if field?.isEmpty == true { throw Fault(words: "has nothing after `#`, where a field's name belongs") }
        if let field, !field.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) {
            throw Fault(words: "has a control character in its field")
        }
        guard SecretReference.isFit(name, scheme) else {
            throw Fault(words: "is no `\(scheme.rawValue):` reference; write \(SecretReference.form(scheme))")
        }
    }

    private static func form(_ scheme: Scheme) -> String {
        switch scheme {
        case .vault: "`vault:MOUNT/PATH#FIELD`"
        case .aws: "`aws:NAME` or `aws:ARN`, with `#FIELD` for a JSON secret"
        case .gcp: "`gcp:NAME`, `gcp:NAME/VERSION` or `gcp:projects/…/secrets/…/versions/…`"
        case .azure: "`azure:VAULT/NAME` or `azure:VAULT/NAME/VERSION`"
        }
    }

    private static func isFit(_ name: String, _ scheme: Scheme) -> Bool {
        let segments = name.split(separator: "/", omittingEmptySubsequences: false)
        switch scheme {
        case .vault:
            return segments.count >= 2 && segments.allSatisfy { isWord($0, 255, "-._~ @:+=,") && !isDots($0) }
        case .aws:
            if name.hasPrefix("arn:") { return AmazonName.region(ofARN: name) != nil && isWord(name[...], 2_048, arn) }
            return isWord(name[...], 512, "/_+=.@-")
        case .gcp: return GoogleName(name) != nil
        case .azure:
            return (2...3).contains(segments.count) && (3...24).contains(segments[0].utf8.count)
                && isWord(segments[0], 24, "-") && isWord(segments[1], 127, "-")
                && (segments.count == 2 || isWord(segments[2], 32, ""))
        }
    }

    private static let arn = ":/_+=.@-"
    private static func isDots(_ segment: Substring) -> Bool { segment == "." || segment == ".." }

    /// Letters, digits and the marks given; not empty.
    static func isWord(_ text: Substring, _ limit: Int, _ marks: String) -> Bool {
        !text.isEmpty && text.utf8.count <= limit
            && text.utf8.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || marks.utf8.contains($0) }
    }
}

/// What an ARN says: `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME`.
public enum AmazonName {
    /// Nil where it is no ARN of a secret.
    public static func region(ofARN name: String) -> String? {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 7, parts[0] == "arn", parts[2] == "secretsmanager", parts[5] == "secret" else {
            return nil
        }
        return isRegion(String(parts[3])) ? String(parts[3]) : nil
    }

    /// It becomes a part of a host's name.
    public static func isRegion(_ text: String) -> Bool { SecretReference.isWord(text[...], 32, "-") }
}

/// `NAME`, `NAME/VERSION` or `projects/P/secrets/NAME[/versions/VERSION]`.
public struct GoogleName: Sendable, Hashable {
    /// Nil where the reference leaves it to the configuration.
    public let project: String?
    public let name: String
    /// `latest` where the reference names none.
    public let version: String

    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count >= 4 {
            guard parts[0] == "projects", parts[2] == "secrets" else { return nil }
            guard parts.count == 4 || (parts.count == 6 && parts[4] == "versions") else { return nil }
            guard GoogleName.isProject(String(parts[1])) else { return nil }
            project = String(parts[1])
        } else {
            guard parts.count <= 2 else { return nil }
            project = nil
        }
        name = String(parts.count >= 4 ? parts[3] : parts[0])
        version = [2, 6].contains(parts.count) ? String(parts[parts.count - 1]) : "latest"
        guard SecretReference.isWord(name[...], 255, "-_"), SecretReference.isWord(version[...], 63, "-_") else {
            return nil
        }
    }

    public static func isProject(_ text: String) -> Bool {
        SecretReference.isWord(text[...], 128, "-.:") && text.utf8.contains { ASCII.isLetter($0) || ASCII.isDigit($0) }
    }
}
