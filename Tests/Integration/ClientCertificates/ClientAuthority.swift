import Foundation

/// An authority with a server, clients of several fates and a revocation list, made by openssl, for a day.
struct ClientAuthority {
    enum Client: String, CaseIterable {
        /// May invoke.
        case planner
        /// May look.
        case guest
        /// `planner`'s name, on the revocation list.
        case revoked
        /// `planner`'s name, by another authority.
        case stranger
    }

    static let planner = "spiffe://example.org/agents/planner"
    static let guest = "spiffe://example.org/guests/eve"

    let scratch: ScratchFolder
    var authority: String { scratch.file("ca.pem") }
    var server: String { scratch.file("server.pem") }
    var serverKey: String { scratch.file("server.key") }
    var revocations: String { scratch.file("crl.pem") }

    init(_ scratch: ScratchFolder) throws {
        self.scratch = scratch
        for name in ["ca", "other-ca"] { try makeAuthority(name) }
        try sign("server", by: "ca", "subjectAltName=IP:127.0.0.1")
        try sign(Client.planner.rawValue, by: "ca", Self.names(Self.planner))
        try sign(Client.guest.rawValue, by: "ca", Self.names(Self.guest))
        try sign(Client.revoked.rawValue, by: "ca", Self.names(Self.planner))
        try sign(Client.stranger.rawValue, by: "other-ca", Self.names(Self.planner))
        try revoke()
    }

    func certificate(_ client: Client) -> String { scratch.file("\(client.rawValue).pem") }
    func key(_ client: Client) -> String { scratch.file("\(client.rawValue).key") }

    /// What curl needs to be this client, or nobody.
    func arguments(_ client: Client?) -> [String] {
        ["--cacert", authority] + (client.map { ["--cert", certificate($0), "--key", key($0)] } ?? [])
    }

    private static func names(_ uri: String) -> String {
        "extendedKeyUsage=clientAuth\nkeyUsage=critical,digitalSignature\nsubjectAltName=URI:\(uri),DNS:a.example.org"
    }

    private func makeAuthority(_ name: String) throws {
        try openssl(
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
                + ["-subj", "/CN=\(name)", "-addext", "keyUsage=critical,keyCertSign,cRLSign"]
                + ["-keyout", scratch.file("\(name).key"), "-out", scratch.file("\(name).pem")])
    }

    private func sign(_ name: String, by authority: String, _ extensions: String) throws {
        let request = scratch.file("\(name).csr")
        try openssl(
            ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
                + ["-subj", "/O=Example, \"Inc.\"/CN=\(name)", "-keyout", scratch.file("\(name).key"), "-out", request])
        let file = try scratch.write(extensions, to: "\(name).ext")
        try openssl(
            ["x509", "-req", "-in", request, "-CA", scratch.file("\(authority).pem")]
                + ["-CAkey", scratch.file("\(authority).key"), "-CAcreateserial", "-days", "1"]
                + ["-extfile", file, "-out", scratch.file("\(name).pem")])
    }

    private func revoke() throws {
        try scratch.write("", to: "index.txt")
        let file = try scratch.write(
            """
            [ca]
            default_ca = only
            [only]
            database = \(scratch.file("index.txt"))
            default_md = sha256
            default_crl_days = 1
            """, to: "ca.cnf")
        let common = ["ca", "-config", file, "-cert", authority, "-keyfile", scratch.file("ca.key")]
        try openssl(common + ["-revoke", certificate(.revoked)])
        try openssl(common + ["-gencrl", "-out", revocations])
    }

    private func openssl(_ arguments: [String]) throws {
        let command = try Command("openssl", arguments, scratch: scratch)
        guard command.status == 0 else { throw HarnessFailure("openssl: \(command.errors)") }
    }
}

extension ClientAuthority {
    /// What a client would write to be taken for the owner of a certificate that it has only seen: each header that some
    /// proxy sends, in each form, spelling and number.
    func forgeries(of client: Client) throws -> [[String]] {
        let pem = try String(contentsOfFile: certificate(client), encoding: .utf8)
        let lines = pem.split(separator: "\n").drop { $0.hasPrefix("-") }.prefix { !$0.hasPrefix("-") }
        let base64 = lines.joined()
        let escaped = pem.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let hash = String(repeating: "ab", count: 32)
        let told = "By=spiffe://example.org/proxy;Hash=\(hash);URI=\(Self.planner)"
        let whole = "By=spiffe://example.org/proxy;Cert=\"\(escaped)\";URI=\(Self.planner)"
        var forgeries: [[String]] = []
        for value in [told, whole, "\(told),\(told)", "By=\"", "Subject=\"", "\(told);Subject=\""] {
            forgeries.append(["X-Forwarded-Client-Cert: \(value)"])
        }
        forgeries.append(["x-forwarded-client-cert: \(told)", "X-Forwarded-CLIENT-Cert: \(told)"])
        forgeries.append(["X_Forwarded_Client_Cert: \(told)"])
        for name in ["ssl-client-cert", "SSL-Client-Cert", "ssl_client_cert", "X-SSL-Client-Cert"] {
            forgeries.append(["\(name): \(escaped)"])
            forgeries.append(["\(name): \(escaped)", "\(name): \(escaped)"])
        }
        for name in ["Client-Cert", "client-cert", "Client_Cert"] { forgeries.append(["\(name): :\(base64):"]) }
        forgeries.append(["Client-Cert: :\(base64):", "Client-Cert-Chain: :\(base64):"])
        forgeries.append(
            ["X-Forwarded-Client-Cert: \(whole)", "ssl-client-cert: \(escaped)", "Client-Cert: :\(base64):"])
        return forgeries
    }
}
