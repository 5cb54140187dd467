/// A certificate authority with a server and a client, made by openssl, for an hour.
struct Certificates {
    let scratch: ScratchFolder
    var authority: String { scratch.file("ca.pem") }
    var server: String { scratch.file("server.pem") }
    var serverKey: String { scratch.file("server.key") }
    var client: String { scratch.file("client.pem") }
    var clientKey: String { scratch.file("client.key") }
    /// Signed by nobody but itself.
    var stranger: String { scratch.file("stranger.pem") }
    var strangerKey: String { scratch.file("stranger.key") }

    init(_ scratch: ScratchFolder) throws {
        self.scratch = scratch
        try selfSigned("ca", "basicConstraints=critical,CA:TRUE")
        try selfSigned("stranger", "basicConstraints=CA:FALSE")
        try signed("server", "subjectAltName=IP:127.0.0.1")
        try signed("client", "extendedKeyUsage=clientAuth")
    }

    private func selfSigned(_ name: String, _ extensions: String) throws {
        try openssl(
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
                + ["-subj", "/CN=\(name)", "-addext", extensions]
                + ["-keyout", scratch.file("\(name).key"), "-out", scratch.file("\(name).pem")])
    }

    private func signed(_ name: String, _ extensions: String) throws {
        let request = scratch.file("\(name).csr")
        try openssl(
            ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(name)"]
                + ["-keyout", scratch.file("\(name).key"), "-out", request])
        let file = try scratch.write(extensions, to: "\(name).ext")
        try openssl(
            ["x509", "-req", "-in", request, "-CA", authority, "-CAkey", scratch.file("ca.key"), "-CAcreateserial"]
                + ["-days", "1", "-extfile", file, "-out", scratch.file("\(name).pem")])
    }

    private func openssl(_ arguments: [String]) throws {
        let command = try Command("openssl", arguments, scratch: scratch)
        guard command.status == 0 else { throw HarnessFailure("openssl: \(command.errors)") }
    }
}
