import Bytes
import Credentials

extension SettingsDecoder {
    /// A `file:` secret larger than this is not a secret.
    static let maxSecretBytes = 65_536

    /// A secret's bytes: the value itself, what the file it refers to holds, without the newline at its end, or what
    /// a store is known to keep. Nil also where that is not known yet.
    /// No message repeats any of it, not even the reference.
    func secret(_ node: YAMLNode, _ key: String) -> Secret? {
        guard let text = text(node, key, isSecret: true) else { return nil }
        return secret(text.value, at: node.position, "`\(key)`")
    }

    /// - Parameter subject: what messages call it.
    func secret(_ value: String, at position: SourcePosition, _ subject: String) -> Secret? {
        if SecretReference.scheme(of: value) != nil { return stored(value, at: position, subject) }
        guard let bytes = referenced(value, at: position, subject) else { return nil }
        guard !bytes.isEmpty else {
            problems.error(position, "\(subject) is empty")
            return nil
        }
        return Secret(bytes)
    }

    /// What is known of the reference; noted as wanted where nothing is.
    func stored(_ value: String, at position: SourcePosition, _ subject: String) -> Secret? {
        guard let request = secretRequest(value, at: position, subject) else { return nil }
        if uses.isFull {
            problems.error(position, "\(subject): the file holds more than \(SecretUses.max) secret references")
            return nil
        }
        let known = values.known[request]
        uses.note(SecretUse(request: request, position: position), isKnown: known != nil)
        switch known {
        case .success(let secret): return secret
        case .failure(let fault):
            problems.error(position, "\(subject): the secret it refers to \(fault.words)")
            return nil
        case nil: return nil
        }
    }

    private func referenced(_ value: String, at position: SourcePosition, _ subject: String) -> [UInt8]? {
        guard value.hasPrefix("file:") else { return Array(value.utf8) }
        let path = String(value.dropFirst(5))
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            problems.error(position, "\(subject): `file:` needs an absolute path, as `file:/run/secrets/key`")
            return nil
        }
        uses.note(file: path)
        do throws(FileBytes.Fault) {
            var bytes = try FileBytes.read(path, atMost: Self.maxSecretBytes)
            if bytes.last == 0x0A { bytes.removeLast(bytes.suffix(2) == [0x0D, 0x0A] ? 2 : 1) }
            return bytes
        } catch {
            problems.error(position, "\(subject): the file it refers to \(Self.words(for: error))")
            return nil
        }
    }

    static func words(for fault: FileBytes.Fault, atMost limit: Int = maxSecretBytes) -> String {
        switch fault {
        case .system(let reason): "cannot be read: \(reason)"
        case .tooLarge: "is larger than \(limit) bytes"
        }
    }

    /// An absolute path of a file that can be read now.
    func readableFile(_ section: Section, _ key: String) -> String? {
        guard let node = section[key], let path = name(node, key)?.value else { return nil }
        guard path.hasPrefix("/") else {
            problems.error(node.position, "`\(key)` must be an absolute path")
            return nil
        }
        if let fault = FileBytes.fault(path) {
            problems.error(node.position, "the file of `\(key)` \(Self.words(for: fault))")
            return nil
        }
        return path
    }
}
