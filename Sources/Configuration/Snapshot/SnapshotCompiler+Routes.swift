import Bytes
import Domain
import Policy

extension SnapshotCompiler {
    /// Public paths first, then the routes in the order of the file.
    mutating func compileRoutes(into grants: inout GrantTable) -> RouteTable? {
        var guarded = settings.auth.publicPaths.map { path in
            (Route(pattern: path, isPublic: true, owner: owner("route", path)), RoutePattern(path: path))
        }
        for route in settings.routes {
            guard let required = grants.requirement(permissions: route.permissions, scopes: route.scopes) else {
                fail(route.position, "more than \(GrantSet.capacity) different permissions or scopes in routes")
                return nil
            }
            guarded.append((compiled(route, required), pattern(of: route)))
        }
        return RouteTable(guarded.map { (route: $0.0, pattern: $0.1) }, paths: pathRules)
    }

    private func compiled(_ route: RouteSettings, _ required: Grants) -> Route {
        let name = route.name ?? route.path
        return Route(
            pattern: route.path, isPublic: route.isPublic, required: required, permissions: route.permissions,
            scopes: route.scopes, scopeSegment: route.scopeSegment, cost: Int64(route.cost),
            separatesEncodedSlashes: route.encodedSlashes == .separator, owner: owner("route", name))
    }

    private func pattern(of route: RouteSettings) -> RoutePattern {
        RoutePattern(path: route.path, methods: route.methods, hosts: route.hosts)
    }

    private var pathRules: PathRules {
        var rules = PathRules()
        rules.resolvesDots = settings.paths.resolveDots
        rules.mergesSlashes = settings.paths.mergeSlashes
        rules.keepsParameters = settings.paths.pathParameters == .keep
        rules.ignoresCase = settings.paths.caseInsensitive
        let prefix = [UInt8]((settings.paths.stripPrefix ?? "").utf8)
        rules.strippedPrefix = rules.ignoresCase ? prefix.map(ASCII.lowercased) : prefix
        return rules
    }
}
