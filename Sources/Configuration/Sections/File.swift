import Domain

extension SettingsDecoder {
    /// The whole file. Nil if it is no mapping or has no `auth`, which has been reported.
    func settings(_ root: YAMLNode) -> Settings? {
        guard let file = section(root, .file) else { return nil }
        // First, because anything may refer to them.
        uses.settings = secretSettings(file)
        let bounds = bounds(file)
        let listeners = listeners(file)
        let admin = admin(file)
        let redis = redis(file)
        let routes = routes(file, bounds)
        let auth = requiredAuth(file, bounds)
        let trustedProxies = file.holds("trusted_proxies") ? blocks(file, "trusted_proxies") : AddressBlock.loopback
        let around = LimitSurroundings(bounds: bounds, store: store(redis, auth?.settings))
        let settings = Settings(
            listeners: listeners, admin: admin, workers: integer(file, "workers", in: 1...64, or: 1),
            trustedProxies: trustedProxies,
            drainSeconds: integer(file, "drain_seconds", in: 0...3_600, or: 10), bounds: bounds,
            auth: auth?.settings ?? AuthSettings(mode: .apiKey),
            authorization: authorization(file, keyHeader: auth?.settings.apiKeys.header),
            unmatched: word(file, "unmatched", or: file.holds("routes") && !routes.isEmpty ? .deny : .authenticated),
            routes: routes, paths: paths(file), limits: limits(file, around),
            maxBuckets: integer(section(file, "memory", .memory), "max_buckets", in: 1...10_000_000, or: 100_000),
            redis: redis, reserveHeader: reserveHeader(file, trustedProxies), response: response(file),
            preflight: word(file, "preflight", or: .check), log: log(file),
            audit: audit(file))
        checkDistinct(listeners, admin)
        checkRoutes(settings)
        checkReserves(file, settings)
        // Without a readable `auth` there is nothing to hold these to.
        if let auth {
            checkRoles(of: settings.limits, settings.auth)
            checkRoles(ofProviders: settings.auth)
            checkHeaders(settings, auth.section)
        }
        return settings
    }

    private func store(_ redis: RedisSettings?, _ auth: AuthSettings?) -> LimitSurroundings.Store {
        guard let redis, auth?.rateLimitBackend != .memory else { return .memory }
        if case .cluster = redis.topology { return .cluster }
        return .node
    }

    /// How the message begins; what follows is in the words of the file's format.
    static let missingAuth = "`auth` is missing"

    /// A file without `auth` would let everyone in or nobody, and says neither.
    private func requiredAuth(_ file: Section, _ bounds: Bounds) -> (settings: AuthSettings, section: Section)? {
        if !file.holds("auth") {
            problems.error(
                file.position, "\(Self.missingAuth); a gate without credentials says so by \(nobodysAuth)")
        }
        guard let node = file["auth"], let section = section(node, .auth) else { return nil }
        return (auth(section, hasRedis: file.holds("redis"), bounds, surroundings(file)), section)
    }

    private var nobodysAuth: String {
        switch format {
        case .native, .dockrion: "`auth: {mode: none}`"
        case .agentGateway: "`auth: {enabled: false}`"
        case .agentflow: "`\"auth\": null`"
        }
    }

    /// From the keys, and not from their values, so that a fault in one is not told twice.
    private func surroundings(_ file: Section) -> CertificateSurroundings {
        var surroundings = CertificateSurroundings(hasClientCA: false, trustsProxies: true)
        if overrides.listen == nil, case .sequence(let listeners)? = file["listen"]?.content {
            surroundings.hasClientCA = listeners.contains { $0["tls"]?["client_ca"] != nil }
        }
        if case .sequence(let blocks)? = file["trusted_proxies"]?.content {
            surroundings.trustsProxies = !blocks.isEmpty
        }
        return surroundings
    }
}
