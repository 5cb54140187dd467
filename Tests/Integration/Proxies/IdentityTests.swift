import Testing

/// Gate rule 16: through no proxy, in no state, does the agent see an identity that a client made up, or a placeholder.
@Suite(.serialized, .needs(.postern, .envoy, .nginx, .caddy))
struct IdentityTests {
    /// Each identity header, and what it says of alice. root's key has no name, email, scopes, tenant or expiry.
    static let ofAlice: [(name: String, value: String)] = [
        ("X-Auth-User-Id", "alice"), ("X-Auth-Email", "alice@example.test"), ("X-Auth-Name", "Alice Doe"),
        ("X-Auth-Roles", "user"), ("X-Auth-Permissions", "invoke"), ("X-Auth-Scopes", "read,write"),
        ("X-Auth-Tenant-Id", "acme"), ("X-Auth-Method", "api_key"), ("X-Auth-Key-Id", "alice-key"),
        ("X-Auth-Issuer", ""), ("X-Auth-Expires", "4070908800"), ("X-Auth-Assertion", ""), ("X-Postern-Ticket", ""),
    ]
    static let forged = "forged-by-the-client"

    /// The ways to write a header that some agent takes for `X-Auth-…`.
    static func spellings(_ name: String) -> [[HTTPClient.Header]] {
        let mixed = String(
            name.enumerated().map {
                $0.offset % 2 == 0 ? Character($0.element.lowercased()) : Character($0.element.uppercased())
            })
        let underscores = name.replacing("-", with: "_")
        let rest = name.dropFirst(name.hasPrefix("X-Auth-") ? 7 : 10)
        let owner = name.hasPrefix("X-Auth-") ? "Auth" : "Postern"
        return [
            [(name, forged)], [(name, forged), (name, forged + "-too")], [(mixed, forged)],
            [(underscores, forged)], [(underscores.lowercased(), forged)],
            // One separator of each kind, first and last.
            [("X_\(owner)-\(rest)", forged)],
            [("X-\(owner)_\(rest)", forged)],
        ]
    }

    enum Scene: String, CaseIterable { case everyValue, fewValues, publicPath, publicPathWithBadKey }

    @Test(arguments: ProxyKind.allCases)
    func forgedIdentityNeverArrives(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind)
        for (name, value) in Self.ofAlice {
            for spelling in Self.spellings(name) {
                for scene in Scene.allCases {
                    let (target, key, expected) = Self.setting(scene, value: value)
                    gateway.agent.forget()
                    let answer = try gateway.ask("GET", target, key + spelling)
                    try expectHonest(gateway, kind, answer, name: name, value: expected, "\(scene) \(spelling)")
                }
            }
        }
    }

    @Test(arguments: ProxyKind.allCases)
    func forgedIdentityNeverArrivesInModeNone(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind, configuration: "auth:\n  mode: none\n")
        for (name, _) in Self.ofAlice {
            for spelling in Self.spellings(name) {
                gateway.agent.forget()
                let answer = try gateway.ask("GET", "/anything", spelling)
                try expectHonest(gateway, kind, answer, name: name, value: nil, "\(spelling)")
            }
        }
    }

    @Test(arguments: ProxyKind.allCases)
    func forgedIdentityNeverArrivesWhilePosternIsDown(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind)
        gateway.postern.program.kill()
        for (name, _) in Self.ofAlice {
            for spelling in Self.spellings(name) {
                let answer = try gateway.ask("GET", "/public/a", spelling)
                #expect(answer.status >= 400)
            }
        }
        #expect(gateway.agent.requests.isEmpty)
    }

    /// An operator who prefers open to closed must not open identity with it.
    @Test func forgedIdentityNeverArrivesThroughEnvoyFailingOpen() throws {
        let agent = try Agent()
        let closed = try TCPListener.freePort()
        let open = [(of: "failure_mode_allow: false", with: "failure_mode_allow: true")]
        let proxy = try Proxy(.envoy, agent: agent.port, postern: closed, extra: open)
        for (name, _) in Self.ofAlice {
            for spelling in Self.spellings(name) {
                _ = try HTTPClient.once(port: proxy.port, "GET", "/invoke/a", spelling)
            }
        }
        #expect(agent.requests.count >= Self.ofAlice.count * 3, "hyphenated spellings pass, without their header")
        for request in agent.requests { expectNothingForged(request, "\(request.head.headers)") }
    }

    private static func setting(_ scene: Scene, value: String) -> (String, [HTTPClient.Header], String?) {
        switch scene {
        case .everyValue: ("/invoke/a", [("X-API-Key", Gateway.userKey)], value)
        case .fewValues: ("/invoke/a", [("X-API-Key", Gateway.adminKey)], nil)
        case .publicPath: ("/public/a", [], "")
        case .publicPathWithBadKey: ("/public/a", [("X-API-Key", "nobody-has-this-key")], "")
        }
    }

    /// `value` nil: whatever Postern says of root, which `expectNothingForged` tells from a forgery.
    private func expectHonest(
        _ gateway: Gateway, _ kind: ProxyKind, _ answer: HTTPAnswer, name: String, value: String?, _ told: String
    ) throws {
        // Envoy refuses underscores in header names outright, before anything is asked.
        if kind == .envoy, told.contains("_"), answer.status == 400 {
            #expect(gateway.agent.requests.isEmpty)
            return
        }
        #expect(answer.status == 200, "\(told): \(answer.status) \(answer.text)")
        let request = try #require(gateway.agent.requests.first, "\(told)")
        expectNothingForged(request, told)
        if let value { #expect(request.all(name).filter { !$0.isEmpty } == (value.isEmpty ? [] : [value]), "\(told)") }
    }

    private func expectNothingForged(_ request: SeenRequest, _ told: String) {
        for (name, value) in request.head.headers {
            #expect(!value.contains(Self.forged), "\(name): \(value), of \(told)")
            #expect(!value.contains("{"), "\(name): \(value), of \(told)")
        }
    }
}
