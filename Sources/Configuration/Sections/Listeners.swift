import Domain

extension Dialect {
    fileprivate static let byName = [String: Dialect](
        uniqueKeysWithValues: allCases.map { (String(describing: $0.name), $0) })
}

extension SettingsDecoder {
    static let maxListeners = 64
    static let defaultListen = Endpoint.tcp(host: "127.0.0.1", port: 9191)

    func listeners(_ file: Section) -> [ListenerSettings] {
        if let listen = overrides.listen { return [overridden(listen)] }
        guard file.holds("listen") else { return [ListenerSettings(endpoint: Self.defaultListen)] }
        let nodes = items(file, "listen", atMost: Self.maxListeners)
        if nodes.isEmpty { problems.error(file.position(of: "listen"), "`listen` names no address") }
        return nodes.compactMap { node in section(node, .listener).flatMap(listener) }
    }

    private func listener(_ section: Section) -> ListenerSettings? {
        require(section, "address", in: "a listener")
        let peers = blocks(section, "allowed_peers")
        let mode = socketMode(section)
        let tls = listenerTLS(section)
        let dialect = dialect(section)
        guard let endpoint = endpoint(section, "address") else { return nil }
        checkKind(endpoint, section)
        // The keys, and not their values, so that a fault in one is not told twice.
        refuseEmpty(section, "allowed_peers", "nobody could connect")
        if !EndpointNotation.isLoopback(endpoint), !section.holds("allowed_peers"), tls?.clientCA == nil {
            problems.error(
                section.position(of: "address"),
                "`address` is beyond loopback, so it needs `allowed_peers` or `tls.client_ca`")
        }
        return ListenerSettings(
            endpoint: endpoint, socketMode: mode, dialect: dialect, tls: tls, allowedPeers: peers,
            position: section.position)
    }

    private func checkKind(_ endpoint: Endpoint, _ section: Section) {
        switch endpoint {
        case .tcp where section.holds("mode"):
            problems.error(section.position(of: "mode"), "`mode` is for `unix:` addresses")
        case .unix where section.holds("allowed_peers"):
            problems.error(
                section.position(of: "allowed_peers"), "`allowed_peers` is for TCP; a unix socket has its `mode`")
        default: break
        }
    }

    private func dialect(_ section: Section) -> Dialect? {
        guard let node = section["dialect"], let text = text(node, "dialect") else { return nil }
        if let dialect = Dialect.byName[text.value] { return dialect }
        let names = Dialect.allCases.map { String(describing: $0.name) }
        let nearest = text.isExpanded ? nil : Spelling.nearest(to: text.value, among: names)
        let advice = nearest.map { "; did you mean `\($0)`?" } ?? ""
        problems.error(
            node.position, "`dialect` must be one of \(names.joined(separator: ", "))\(text.shown)\(advice)")
        return nil
    }

    /// Octal, as chmod takes it, quoted or not.
    private func socketMode(_ section: Section) -> UInt32? {
        guard let node = section["mode"], let text = text(node, "mode") else { return nil }
        guard (3...4).contains(text.value.utf8.count), text.value.utf8.allSatisfy({ $0 &- 0x30 < 8 }),
            let mode = UInt32(text.value, radix: 8), mode <= 0o777
        else {
            problems.error(node.position, "`mode` must be octal permission bits, as `\"0660\"`")
            return nil
        }
        if mode & 0o002 != 0 {
            problems.warning(node.position, "`mode` lets every user of this machine ask")
        }
        return mode
    }

    private func listenerTLS(_ parent: Section) -> ListenerTLS? {
        guard let node = parent["tls"], let section = section(node, .listenerTLS) else { return nil }
        require(section, "certificate", in: "`tls`")
        require(section, "key", in: "`tls`")
        let clientCA = readableFile(section, "client_ca")
        let crl = pemFile(section, "crl", .revocations)?.path
        if section.holds("crl"), !section.holds("client_ca") {
            problems.error(section.position(of: "crl"), "`crl` needs `client_ca`")
        }
        guard let certificate = readableFile(section, "certificate"), let key = readableFile(section, "key") else {
            return nil
        }
        return ListenerTLS(certificate: certificate, key: key, clientCA: clientCA, crl: crl)
    }

    /// The command line's address has no room for peers or TLS, so it must be loopback or unix.
    private func overridden(_ listen: String) -> ListenerSettings {
        guard let endpoint = override(listen, "--listen") else { return ListenerSettings(endpoint: Self.defaultListen) }
        if !EndpointNotation.isLoopback(endpoint) {
            problems.error(
                .none, "--listen is beyond loopback; write it in the file, with `allowed_peers` or `tls.client_ca`")
        }
        return ListenerSettings(endpoint: endpoint)
    }

    func override(_ text: String, _ flag: String) -> Endpoint? {
        do throws(EndpointNotation.Fault) {
            return try EndpointNotation.parse(text)
        } catch {
            problems.error(.none, "\(flag) \(error.reason)")
            return nil
        }
    }
}
