import Credentials

extension SettingsDecoder {
    private static let serviceAccountFile = "/var/run/secrets/kubernetes.io/serviceaccount/token"

    func vaultStore(_ section: Section) -> VaultStore? {
        let address = storeURL(section, "address", or: nil, "VAULT_ADDR")
        let login = vaultLogin(section)
        // Where the file says nothing of Vault, the reference that leads there is told what is missing.
        if section.isWritten {
            if !section.holds("address"), address == nil {
                problems.error(section.position, "`secrets.vault` needs `address`, or the variable VAULT_ADDR")
            }
            if login == nil, !["token", "token_file", "role"].contains(where: section.holds) {
                problems.error(
                    section.position,
                    "`secrets.vault` needs `token`, `token_file` or `role`, or the variable VAULT_TOKEN")
            }
        }
        let namespace = nameOrEnvironment(section, "namespace", "VAULT_NAMESPACE")
        let caFile =
            outboundCA(section, address) ?? environment["VAULT_CACERT"].flatMap { $0.isEmpty ? nil : $0 }
        guard let address, let login else { return nil }
        return VaultStore(address: address, namespace: namespace, login: login, caFile: caFile)
    }

    private func vaultLogin(_ section: Section) -> VaultStore.Login? {
        let ways = ["token", "token_file", "role"].filter(section.holds)
        if ways.count > 1 {
            problems.error(section.position(of: ways[1]), "`secrets.vault` has `\(ways[0])` too; keep one")
            return nil
        }
        for key in ["mount", "jwt_file"] where section.holds(key) && !section.holds("role") {
            problems.error(section.position(of: key), "`\(key)` is for `role`, which is not there")
        }
        if section.holds("role") {
            guard let role = name(section, "role", atMost: 256) else { return nil }
            let mount = section.holds("mount") ? name(section, "mount", atMost: 256) : "kubernetes"
            guard let mount, Self.isMount(mount) else {
                problems.error(section.position(of: "mount"), "`mount` must be a path such as `kubernetes`")
                return nil
            }
            let file = loginFile(section, "jwt_file") ?? Self.serviceAccountFile
            return .kubernetes(role: role, mount: mount, file: file)
        }
        if section.holds("token_file") { return loginFile(section, "token_file").map { .tokenFile($0) } }
        return loginSecret(section, "token", "VAULT_TOKEN").map { .token($0) }
    }

    private static func isMount(_ text: String) -> Bool {
        text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { segment in
            !segment.isEmpty && segment != "." && segment != ".."
        }
    }
}
