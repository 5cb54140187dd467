import Foundation

/// A Postern with pages, over Redis, and callers who are allowed, limited, unknown or not permitted.
final class PageScene {
    static let token = "control-token-0123456789-0123456789"

    /// Callers with names of their own, each rarer than the one before.
    private static let guests = ["crawler", "report-agent", "mobile-app", "eval-suite", "carol@example.com"].map {
        (name: $0, key: "guest-\($0.prefix(5))-0123456789")
    }

    /// carol's, of that issuer, good until 2099.
    static let jwt =
        "eyJhbGciOiJIUzI1NiJ9"
        + ".eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUvIiwiYXVkIjoiYWdlbnQiLCJzdWIiOiJjYXJvbCIsImV4cCI6NDA3MDkwODgwMH0"
        + ".Y9KG4zCd1sDZmsuoyobsVv-1uRhW-2kvuZQUBMC42sc"

    let scratch: ScratchFolder
    let redis: Redis
    let server: PosternFile
    let port: UInt16
    let controlPort: UInt16
    private let isOver = Shared(false)

    init() throws {
        scratch = try ScratchFolder()
        redis = try Redis()
        port = try TCPListener.freePort()
        controlPort = try TCPListener.freePort()
        let admin = try TCPListener.freePort()
        let text = """
            listen: [{address: "127.0.0.1:\(port)"}]
            admin:
              address: 127.0.0.1:\(admin)
              control: 127.0.0.1:\(controlPort)
              token: \(Self.token)
              pages: true
            trusted_proxies: [loopback]
            redis: {url: "\(redis.url)", deadline_ms: 500}
            auth:
              mode: composite
              providers: [api_key, jwt]
              jwt: {issuer: "https://login.example/", secret: 0123456789abcdef0123456789abcdef, audience: agent}
              public_paths: [/health]
              api_keys:
                keys:
                  - {id: alice-key, key: \(Gateway.userKey), subject: alice, roles: [user], tenant: acme}
                  - {id: root-key, key: \(Gateway.adminKey), subject: root, roles: [admin]}
                  - {id: batch-key, key: \(Gateway.limitedKey), subject: nightly-batch, roles: [user], tenant: globex}
            \(Self.guests.map { "      - {id: \($0.name), key: \($0.key), roles: [user]}" }.joined(separator: "\n"))
              roles:
                - {name: user, permissions: [invoke]}
                - {name: admin, permissions: [invoke, deploy]}
              rate_limits: {user: 60/minute, admin: 100000/minute}
              rate_limit_backend: redis
            routes:
              - {path: "/admin/**", permissions: [deploy]}
              - {path: "/invoke/**", permissions: [invoke]}
            limits:
              - {name: tenant, per: tenant, rate: 1000/minute}
              - {name: addresses, per: address, rate: 900/minute, enforce: false}
            """
        let path = try scratch.write(text, to: "postern.yaml")
        server = try PosternFile(path: path, adminPort: admin, scratch: scratch)
    }

    /// Something like a day's mix, some hundred checks a second, until the scene ends.
    func beginTraffic() {
        let (isOver, port) = (isOver, port)
        Thread.detachNewThread {
            guard let client = try? HTTPClient(port: port) else { return }
            var turn = 0
            while !isOver.current {
                turn += 1
                let guest = PageScene.guests.indices.first { turn % (5 + 3 * $0) == 0 }
                let key =
                    turn % 4 == 0 ? Gateway.limitedKey : guest.map { PageScene.guests[$0].key } ?? Gateway.adminKey
                var headers = [("X-API-Key", key), ("X-Forwarded-For", "203.0.113.\(turn % 40)")]
                if turn % 11 == 0 { headers[0].1 = "unknown-key-0123456789" }
                if turn % 23 == 0 { headers.removeFirst() }
                let target = turn % 17 == 0 ? "/envoy/admin/deploy" : "/envoy/invoke/agent"
                guard (try? client.request("GET", target, headers)) != nil else { break }
                // Swells and ebbs, so that there is something to see.
                pause(seconds: 0.002 + 0.002 * (1 + sin(Double(turn) / 400)))
            }
        }
    }

    /// Redis ends in so many seconds, whatever else is going on.
    func endRedis(after seconds: Double) {
        let port = redis.port
        Thread.detachNewThread {
            pause(seconds: seconds)
            try? TCPConnection(port: port).send(Array("SHUTDOWN NOSAVE\r\n".utf8))
        }
    }

    func endTraffic() { isOver.update { $0 = true } }

    deinit { endTraffic() }

    func page(_ path: String, host: String = "127.0.0.1") -> String { "http://\(host):\(controlPort)\(path)" }

    /// The steps of somebody who comes to a page and shows the token.
    func entering(_ path: String) -> [Browser.Step] {
        [
            Browser.open(page(path)), Browser.wait("!document.getElementById('enter').hidden"),
            Browser.type(Self.token, at: "#token"), Browser.click("#enter-form button"),
            Browser.wait("document.getElementById('enter').hidden"),
        ]
    }
}
