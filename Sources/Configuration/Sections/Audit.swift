extension SettingsDecoder {
    /// Of an HMAC's key: the digest's length, as RFC 2104 advises.
    static let minAuditKeyBytes = 32

    func audit(_ file: Section) -> AuditSettings? {
        guard let node = file["audit"], let section = section(node, .audit) else { return nil }
        var settings = AuditSettings(destination: auditDestination(section))
        settings.allowedPerMillion = millionths(section, "allowed", or: 0)
        settings.key = auditKey(section)
        settings.queueBytes = integer(section, "queue_bytes", in: 65_536...268_435_456, or: settings.queueBytes)
        settings.position = section.position
        return settings
    }

    private func auditDestination(_ section: Section) -> AuditSettings.Destination {
        let isStandard = flag(section, "stdout", or: false)
        guard section.holds("file") else {
            if !isStandard { problems.error(section.position, "`audit` needs `file` or `stdout: true`") }
            return .standardOutput
        }
        if isStandard {
            problems.error(section.position(of: "stdout"), "`audit` goes to `file` or to `stdout`, not to both")
        }
        guard let node = section["file"], let path = name(node, "file")?.value else { return .standardOutput }
        if !path.hasPrefix("/") || path.hasSuffix("/") {
            problems.error(node.position, "`file` must be the absolute path of a file")
        }
        return .file(path)
    }

    private func auditKey(_ section: Section) -> Secret? {
        guard let node = section["key"], let key = secret(node, "key") else { return nil }
        if key.bytes.count >= Self.minAuditKeyBytes { return key }
        problems.error(node.position, "`key` is shorter than \(Self.minAuditKeyBytes) bytes")
        return nil
    }
}
