import Domain
import Limits

extension SettingsDecoder {
    static let maxRoles = 1_024
    static let maxPublicPaths = 10_000
    /// Every subject may have it, whether `roles` defines it or not.
    static let defaultRole = "default"

    func auth(
        _ section: Section, hasRedis: Bool, _ bounds: Bounds, _ around: CertificateSurroundings
    ) -> AuthSettings {
        let chosen = providers(section)
        var settings = AuthSettings(mode: chosen?.mode ?? .apiKey)
        settings.providers = chosen?.listed.map(\.provider) ?? []
        settings.roles = roles(section)
        settings.apiKeys = apiKeys(
            section, isProvider: settings.providers.contains(.apiKey), hasRedis: hasRedis, settings.mode)
        let sections = (jwt(section), oauth2(section), mtls(section, around), external(section))
        if let chosen { checkSections(section, chosen.mode, chosen.listed) }
        let used = AuthSettings.Provider.builtIn.filter { isOfUse($0, beside: settings.providers) }
        settings.jwt = used.contains(.jwt) ? sections.0 : nil
        settings.oauth2 = used.contains(.oauth2) ? sections.1 : nil
        settings.mtls = used.contains(.mtls) ? sections.2 : nil
        settings.external = used.contains(.external) ? sections.3 : nil
        settings.onUndecidable = word(section, "on_undecidable", or: .deny)
        settings.failedCredentials = failedCredentials(section, bounds)
        settings.publicPaths = items(section, "public_paths", atMost: Self.maxPublicPaths).compactMap { node in
            pattern(node, "public_paths")
        }
        settings.rateLimits = roleLimits(section, bounds)
        settings.rateLimitBackend = backend(section, hasRedis, keysIn: settings.apiKeys.store?.place)
        settings.webSocket = webSocket(section)
        settings.realm = realm(section) ?? settings.realm
        checkRoles(settings, section)
        return settings
    }

    private func roles(_ section: Section) -> [RoleSettings] {
        var names: Set<String> = []
        return items(section, "roles", atMost: Self.maxRoles).compactMap { node in
            guard let role = self.section(node, .role) else { return nil }
            require(role, "name", in: "a role")
            let permissions = grants(role, "permissions", atMost: 256)
            for node in items(role, "permissions", atMost: 256) where text(node, "permissions")?.value == "*" {
                problems.error(
                    node.position, "`*` is no permission; name each one, so that a new route opens to nobody")
            }
            guard let name = role["name"].flatMap({ grant($0, "name") }) else { return nil }
            if !names.insert(name).inserted {
                problems.error(role.position(of: "name"), "role \(Echo.word(name) ?? "of this name") is defined twice")
            }
            return RoleSettings(name: name, permissions: permissions, position: role.position)
        }
    }

    private func roleLimits(_ section: Section, _ bounds: Bounds) -> [RoleLimitSettings] {
        guard let node = section["rate_limits"] else { return [] }
        guard case .mapping(let entries) = node.content else {
            problems.error(node.position, "`rate_limits` must be a mapping of `role: rate`, not \(node.kind)")
            return []
        }
        if entries.count > Self.maxRoles + 1 {
            problems.error(node.position, "`rate_limits` holds more than \(Self.maxRoles + 1) entries")
        }
        return entries.prefix(Self.maxRoles + 1).compactMap { entry in
            if entry.value.isNull {
                problems.error(entry.keyPosition, "a role in `rate_limits` has no rate; give it one, as `100/hour`")
                return nil
            }
            guard let rate = rate(entry.value, "rate_limits"),
                let quota = quota(rate, burst: rate.tokens, bounds, rateAt: entry.value.position, burstAt: nil)
            else { return nil }
            return RoleLimitSettings(role: entry.key, quota: quota, position: entry.keyPosition)
        }
    }

    /// Who writes a `redis` section means it to be used.
    private func backend(
        _ section: Section, _ hasRedis: Bool, keysIn store: KeyStoreSettings.Place?
    ) -> RateLimitBackend {
        let backend = word(section, "rate_limit_backend", or: hasRedis ? RateLimitBackend.redis : .memory)
        let position = section.position(of: "rate_limit_backend")
        if backend == .redis, !hasRedis {
            problems.error(position, "`rate_limit_backend: redis` needs a `redis` section with its `url`")
        } else if backend == .memory, hasRedis, store != .redis {
            problems.warning(position, "the `redis` section has no effect with `rate_limit_backend: memory`")
        }
        return backend
    }

    private func realm(_ section: Section) -> String? {
        guard let node = section["realm"], let text = name(node, "realm", atMost: 128) else { return nil }
        let isFit = text.value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
        if isFit { return text.value }
        problems.error(node.position, "`realm` may hold printable ASCII without `\"` and `\\`")
        return nil
    }
}
