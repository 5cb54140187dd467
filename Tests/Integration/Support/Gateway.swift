/// The whole path of a request: proxy → relay → Postern, and proxy → agent.
final class Gateway {
    let agent: Agent
    let relay: CountingRelay
    let postern: Postern
    let proxy: Proxy

    init(_ kind: ProxyKind, configuration: String = Gateway.policy) throws {
        agent = try Agent()
        // Pinned, as the documentation recommends: this listener speaks to this proxy and to nothing else.
        postern = try Postern(configuration, listener: "dialect: \(kind.dialect)")
        relay = try CountingRelay(to: postern.port)
        proxy = try Proxy(kind, agent: agent.port, postern: relay.port)
    }

    func client(timeoutSeconds: Int = 30) throws -> HTTPClient {
        try HTTPClient(port: proxy.port, timeoutSeconds: timeoutSeconds)
    }

    /// One request through the proxy on a connection of its own.
    func ask(
        _ method: String, _ target: String, _ headers: [HTTPClient.Header] = [], body: [UInt8] = []
    ) throws -> HTTPAnswer {
        try HTTPClient.once(port: proxy.port, method, target, headers, body: body)
    }

    /// How many checks this proxy's dialect has been answered.
    func checks() throws -> Int {
        Int(try postern.metrics().sum("postern_checks_total", "dialect=\"\(proxy.kind.dialect)\""))
    }

    static let userKey = "user-key-0123456789"
    static let adminKey = "admin-key-0123456789"
    static let limitedKey = "limited-key-0123456789"
    /// Spent by `limited` before its first 429.
    static let limitedBurst = 5

    /// alice says everything about herself that a key can; root has only a role.
    static let policy = """
        auth:
          mode: api_key
          public_paths: [/public, "/public/**"]
          api_keys:
            header: X-API-Key
            allow_bearer: true
            keys:
              - id: alice-key
                key: \(userKey)
                subject: alice
                name: Alice Doe
                email: alice@example.test
                tenant: acme
                scopes: [read, write]
                roles: [user]
                expires_at: 2099-01-01T00:00:00Z
              - {id: root-key, key: \(adminKey), subject: root, roles: [admin]}
              - {id: limited-key, key: \(limitedKey), subject: limited, roles: [limited]}
          roles:
            - {name: user, permissions: [invoke]}
            - {name: admin, permissions: [invoke, deploy]}
            - {name: limited, permissions: [invoke]}
          rate_limits: {user: 100000/hour, admin: 100000/hour, limited: \(limitedBurst)/hour, default: 10/hour}
          rate_limit_backend: memory
        routes:
          - {path: "/admin/**", permissions: [deploy]}
          - {path: "/invoke/**", permissions: [invoke]}
        """
}
