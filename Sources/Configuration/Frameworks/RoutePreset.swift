/// One endpoint of a framework, and what a caller needs for it.
struct RoutePreset {
    enum Need: Equatable {
        /// No credential.
        case nothing
        /// A credential, and where the file defines grants this one.
        case grant(String)
        case credential
    }

    var methods: [String] = []
    var path: String
    var need: Need
    var cost: Int?
    /// `routes[].scope_segment`.
    var scopeSegment: Int?
    /// `encoded_slashes: separator`: the framework reads `%2F` as `/` here.
    var separatesEncodedSlashes = false

    static func open(_ paths: String...) -> [RoutePreset] {
        paths.map { RoutePreset(path: $0, need: .nothing) }
    }

    static func guarded(_ methods: String, _ path: String, _ grant: String) -> RoutePreset {
        RoutePreset(methods: methods.split(separator: " ").map(String.init), path: path, need: .grant(grant))
    }

    /// - Parameter key: what a grant is in the native file: `permissions` or `scopes`; nil asks for a credential only.
    func node(at position: SourcePosition, grantsAre key: String?) -> YAMLNode {
        var route = NativeSection(at: position)
        route.add("path", word: path)
        if !methods.isEmpty { route.add("methods", .list(methods, at: position)) }
        switch need {
        case .nothing: route.add("public", word: "true")
        case .grant(let grant): if let key { route.add(key, .list([grant], at: position)) }
        case .credential: break
        }
        if let scopeSegment, key == "scopes" { route.add("scope_segment", word: String(scopeSegment)) }
        if separatesEncodedSlashes { route.add("encoded_slashes", word: "separator") }
        if let cost { route.add("cost", word: String(cost)) }
        return route.node
    }
}
