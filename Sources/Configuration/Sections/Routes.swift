import Bytes
import Domain

extension SettingsDecoder {
    static let maxRoutes = 100_000

    func routes(_ file: Section, _ bounds: Bounds) -> [RouteSettings] {
        items(file, "routes", atMost: Self.maxRoutes).compactMap { node in
            section(node, .route).flatMap { route($0, bounds) }
        }
    }

    private func route(_ section: Section, _ bounds: Bounds) -> RouteSettings? {
        require(section, "path", in: "a route")
        let slashes = word(section, "encoded_slashes", or: EncodedSlashRule.reject)
        let path = section["path"].flatMap { pattern($0, "path") }
        var route = RouteSettings(path: path ?? "/")
        route.name = name(section, "name", atMost: 128)
        route.methods = methods(section)
        route.permissions = grants(section, "permissions")
        route.scopes = grants(section, "scopes")
        route.scopeSegment = section["scope_segment"].flatMap { integer($0, "scope_segment", in: 1...Self.maxSegments) }
        route.hosts = hosts(section)
        route.cost = integer(section, "cost", in: 0...bounds.maxCost, or: min(1, bounds.maxCost))
        route.reserve = reserve(section, bounds)
        route.encodedSlashes = slashes
        route.isPublic = flag(section, "public", or: false)
        route.position = section.position
        if route.isPublic, !route.permissions.isEmpty || !route.scopes.isEmpty {
            problems.error(section.position(of: "public"), "a public route cannot ask for permissions or scopes")
        }
        if route.scopes.isEmpty, section.holds("scope_segment") {
            problems.error(section.position(of: "scope_segment"), "`scope_segment` needs `scopes` beside it")
        }
        return path == nil ? nil : route
    }

    /// Methods are case-sensitive (RFC 9110 section 9.1), and those in use are in capitals.
    private func methods(_ section: Section) -> [String] {
        refuseEmpty(section, "methods", "remove it to mean every method")
        return items(section, "methods", atMost: 32).compactMap { node in
            guard let text = name(node, "methods", atMost: 32) else { return nil }
            let upper = text.value.uppercased()
            if text.value == "*" {
                problems.error(node.position, "`methods` has no `*`; remove the key to mean every method")
            } else if !text.value.utf8.allSatisfy({ ASCII.isLetter($0) || $0 == 0x2D || $0 == 0x5F }) {
                problems.error(node.position, "`methods` must hold the names of methods, as GET")
            } else if text.value != upper {
                problems.error(node.position, "`methods` are case-sensitive; did you mean `\(upper)`?")
            } else {
                return text.value
            }
            return nil
        }
    }

    /// Names or IPv4 addresses, compared without their port; `*.` before a name is everything below it.
    private func hosts(_ section: Section) -> [String] {
        refuseEmpty(section, "hosts", "remove it to mean every host")
        return items(section, "hosts", atMost: 256).compactMap { node in
            guard let text = name(node, "hosts", atMost: 253) else { return nil }
            let name = text.value.hasPrefix("*.") ? text.value.dropFirst(2) : text.value[...]
            let isFit = name.utf8.allSatisfy {
                ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
            }
            if isFit, !name.isEmpty, !name.hasPrefix("."), !name.hasSuffix(".") { return text.value.lowercased() }
            problems.error(
                node.position, "`hosts` must hold names without port, as `api.example.com` or `*.example.com`")
            return nil
        }
    }

    /// A later route with the same path, methods and hosts never matches; a permission no role has lets nobody in.
    func checkRoutes(_ settings: Settings) {
        var first: [RouteShape: Int] = [:]
        let granted = Set(settings.auth.roles.flatMap(\.permissions))
        // Tokens and authorizers grant permissions of their own.
        let isClosed = settings.auth.providers.allSatisfy { $0 == .apiKey || $0 == .mtls }
        var permissions: Set<String> = []
        var scopes: Set<String> = []
        for route in settings.routes {
            let shape = RouteShape(path: route.path, methods: Set(route.methods), hosts: Set(route.hosts))
            if let line = first[shape] {
                problems.warning(route.position, "this route is never reached; the one on line \(line) matches first")
            } else {
                first[shape] = route.position.line
            }
            for permission in route.permissions where permissions.insert(permission).inserted {
                if isClosed { warnUngranted(permission, granted, at: route.position) }
                if permissions.count == GrantSet.capacity + 1 { reportTooMany("permissions", at: route.position) }
            }
            for scope in route.scopes where scopes.insert(scope).inserted && scopes.count == GrantSet.capacity + 1 {
                reportTooMany("scopes", at: route.position)
            }
        }
    }

    private struct RouteShape: Hashable {
        var path: String
        var methods: Set<String>
        var hosts: Set<String>
    }

    private func warnUngranted(_ permission: String, _ granted: Set<String>, at position: SourcePosition) {
        guard !granted.contains(permission) else { return }
        let nearest = Spelling.nearest(to: permission, among: granted.sorted())
        let advice = nearest.map { "; did you mean `\($0)`?" } ?? ""
        let shown = Echo.word(permission) ?? "this one"
        problems.warning(position, "no role grants the permission \(shown), so nobody may pass\(advice)")
    }

    private func reportTooMany(_ what: String, at position: SourcePosition) {
        problems.error(position, "routes ask for more than \(GrantSet.capacity) different \(what)")
    }
}
