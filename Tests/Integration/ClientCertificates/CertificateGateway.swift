/// client → mutual TLS → proxy → Postern, and proxy → agent.
final class CertificateGateway {
    let authority: ClientAuthority
    let agent: Agent
    let postern: Postern
    let proxy: CertificateProxy
    private let scratch: ScratchFolder

    init(_ kind: ProxyKind, demand: CertificateProxy.Demand = .required, trustingTheProxy: Bool = false) throws {
        scratch = try ScratchFolder()
        authority = try ClientAuthority(scratch)
        agent = try Agent()
        let files = ["ca_file: \(authority.authority)", "crl_file: \(authority.revocations)"]
        let terms = ["sources: [\(kind == .envoy ? "xfcc" : "nginx")]"] + (trustingTheProxy ? [] : files)
        postern = try Postern(Self.policy(terms), listener: "dialect: \(kind.dialect)")
        proxy = try CertificateProxy(kind, authority, demand: demand, agent: agent.port, postern: postern.port)
    }

    /// One request as this client, or as nobody.
    func ask(_ target: String, as client: ClientAuthority.Client?, _ headers: [String] = []) throws -> Curl {
        let url = "https://127.0.0.1:\(proxy.port)\(target)"
        return try Curl(
            authority.arguments(client) + headers.flatMap { ["-H", $0] } + [url], scratch: scratch)
    }

    /// `terms`: what `auth.mtls` says of sources and authorities, line by line.
    static func policy(_ terms: [String]) -> String {
        """
        auth:
          mode: mtls
          mtls:
            \(terms.joined(separator: "\n    "))
            identity: [spiffe, subject]
            roles:
              - {pattern: "spiffe://example.org/agents/*", roles: [agent], tenant: acme}
              - {pattern: "spiffe://example.org/guests/*", roles: [guest]}
          roles:
            - {name: agent, permissions: [invoke, look]}
            - {name: guest, permissions: [look]}
          rate_limits: {agent: 100000/hour, guest: 100000/hour, default: 100000/hour}
          rate_limit_backend: memory
          # One client of these tests shows a hundred bad certificates.
          failed_credentials: {enabled: false}
        routes:
          - {path: "/invoke/**", permissions: [invoke]}
          - {path: "/look/**", permissions: [look]}
        """
    }
}
