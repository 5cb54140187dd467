/// What a PEM file is to hold.
enum PEMKind {
    case certificates, revocations, publicKeys

    var words: String {
        switch self {
        case .certificates: "certificate in PEM (`-----BEGIN CERTIFICATE-----`)"
        case .revocations: "revocation list in PEM (`-----BEGIN X509 CRL-----`)"
        case .publicKeys: "public key in PEM (`-----BEGIN PUBLIC KEY-----`)"
        }
    }

    /// Whether the text has a block that can be one of these. What is within is left to those who parse it.
    func isIn(_ text: String) -> Bool {
        switch self {
        case .certificates: Self.begins(text, ["CERTIFICATE", "TRUSTED CERTIFICATE"])
        case .revocations: Self.begins(text, ["X509 CRL"])
        case .publicKeys: Self.begins(text, ["PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE"])
        }
    }

    static func begins(_ text: String, _ labels: [String]) -> Bool {
        labels.contains { text.contains("-----BEGIN \($0)-----") && text.contains("-----END \($0)-----") }
    }

    static func hasPrivateKey(_ text: String) -> Bool {
        text.contains("PRIVATE KEY-----")
    }
}

extension SettingsDecoder {
    /// A bundle of all public roots is a quarter of this.
    static let maxPEMBytes = 1 << 20

    /// The file under `key`, read now, so that its fault has a place.
    func pemFile(_ section: Section, _ key: String, _ kind: PEMKind) -> (path: String, bytes: [UInt8])? {
        guard let node = section[key], let path = name(node, key)?.value else { return nil }
        guard path.hasPrefix("/") else {
            problems.error(node.position, "`\(key)` must be an absolute path")
            return nil
        }
        do throws(FileBytes.Fault) {
            let bytes = try FileBytes.read(path, atMost: Self.maxPEMBytes)
            return checkedPEM(bytes, kind, at: node.position, "the file of `\(key)`") ? (path, bytes) : nil
        } catch {
            problems.error(node.position, "the file of `\(key)` \(Self.words(for: error, atMost: Self.maxPEMBytes))")
            return nil
        }
    }

    func checkedPEM(_ bytes: [UInt8], _ kind: PEMKind, at position: SourcePosition, _ subject: String) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        if PEMKind.hasPrivateKey(text) {
            problems.error(position, "\(subject) holds a private key; what is needed here is public")
        } else if text.contains("-----BEGIN"), text.contains("\\n") {
            problems.error(position, "\(subject) holds `\\n` as two characters where its lines should end")
        } else if !kind.isIn(text) {
            problems.error(position, "\(subject) holds no \(kind.words)")
        } else {
            return true
        }
        return false
    }
}
