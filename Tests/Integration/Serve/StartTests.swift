import Testing

extension Live {
    /// What stops Postern from starting, and how it says so.
    struct StartTests {
        private let scratch: ScratchFolder

        init() throws { scratch = try ScratchFolder() }

        /// 78, EX_CONFIG: every problem at once, with its place and the nearest spelling.
        @Test(arguments: [["serve", "--config"], ["check-config"], ["explain", "--path", "/a", "--config"]])
        func namesEveryProblemOfABadFile(_ arguments: [String]) throws {
            let path = try scratch.write(Self.bad, to: "bad.yaml")
            let command = try Command(postern: arguments + [path], scratch: scratch)
            #expect(command.status == 78)
            let lines = command.errors.split(separator: "\n").map(String.init)
            #expect(
                lines.contains { $0.hasPrefix("\(path):2:9:") && $0.contains("did you mean `api_key`?") }, "\(lines)")
            #expect(lines.contains { $0.hasPrefix("\(path):6:") && $0.contains("POSTERN_TEST_UNSET") }, "\(lines)")
            #expect(lines.contains { $0.hasPrefix("\(path):8:") && $0.contains("did you mean `methods`?") }, "\(lines)")
            #expect(!command.errors.contains("short-secret"), "no secret is shown")
        }

        private static let bad = """
            auth:
              mode: api_kye
              api_keys:
                keys:
                  - {id: one, key: short-secret}
                  - {id: two, key: "${POSTERN_TEST_UNSET}"}
            routes:
              - {path: /a, mehtods: [GET]}
            """

        @Test func aMissingFileIsABadFile() throws {
            let command = try Command(postern: ["serve", "--config", scratch.file("none.yaml")], scratch: scratch)
            #expect(command.status == 78)
            #expect(command.errors.contains("none.yaml"))
        }

        /// 64, EX_USAGE.
        @Test(arguments: [
            ["serve", "--confg", "x"], ["explain"], ["check-config"], ["dance"], ["serve", "--config"],
        ])
        func refusesWrongUsage(_ arguments: [String]) throws {
            let command = try Command(postern: arguments, scratch: scratch)
            #expect(command.status == 64)
            #expect(command.errors.contains("Usage: postern"))
        }

        /// 69, EX_UNAVAILABLE.
        @Test func refusesAPortThatIsTaken() throws {
            let taken = try TCPListener { _ in }
            let (free, admin) = (try TCPListener.freePort(), try TCPListener.freePort())
            for (port, adminPort) in [(taken.port, admin), (free, taken.port)] {
                let head = Postern.head(port: port, adminPort: adminPort)
                let path = try scratch.write(head + "auth: {mode: none}\n", to: "taken.yaml")
                let command = try Command(postern: ["serve", "--config", path], scratch: scratch)
                #expect(command.status == 69)
                #expect((command.output + command.errors).contains("\(taken.port)"), "it names the address")
            }
        }

        @Test func checksAGoodFile() throws {
            let path = Repository.path("deploy/postern.yaml")
            let command = try Command(postern: ["check-config", path], scratch: scratch)
            #expect(command.status == 0)
            #expect(command.output == "\(path): ok\n")
            #expect(command.errors.isEmpty)
        }

        @Test func saysItsVersion() throws {
            let command = try Command(postern: ["version"], scratch: scratch)
            #expect(command.status == 0)
            #expect(command.output.hasPrefix("postern 0."))
        }

        @Test func flagsOverrideTheFile() throws {
            let head = Postern.head(port: try TCPListener.freePort(), adminPort: try TCPListener.freePort())
            let path = try scratch.write(head + "auth: {mode: none}\n", to: "postern.yaml")
            let (port, admin) = (try TCPListener.freePort(), try TCPListener.freePort())
            let program = try RunningProgram(
                .postern,
                arguments: [
                    "serve", "--config", path, "--listen", "127.0.0.1:\(port)", "--admin", "127.0.0.1:\(admin)",
                ],
                scratch: scratch)
            try program.waitUntilReady { (try? HTTPClient.once(port: admin, "GET", "/healthz").status) == 200 }
            #expect(try HTTPClient.once(port: port, "GET", "/envoy/a").status == 200)
            #expect(eventually(within: 2) { program.output.contains("auth.mode is none") }, "and it warns")
        }

        /// Every stage's finding, and the very answer.
        @Test func explainsARequest() throws {
            let file = Repository.path("deploy/postern.yaml")
            let key = "X-API-Key: demo-key-do-not-use-in-production"
            let denied = try Command(
                postern: ["explain", "--config", file, "--path", "/admin/x", "--header", key], scratch: scratch)
            #expect(denied.status == 0)
            #expect(
                denied.output.hasPrefix(
                    """
                    request     GET /admin/x, client address unknown
                    credential  in X-API-Key
                    route       /admin/**, cost 1
                    principal   demo by api_key, roles ["user"]
                    permit      denied: permission_missing, lacks ["deploy"]
                    decision    deny: permission_missing (403)

                    HTTP/1.1 403 Forbidden
                    """), "\(denied.output)")
            let allowed = try Command(
                postern: [
                    "explain", "--config", file, "--path", "/invoke?q=1", "--method", "POST", "--header", key, "--from",
                    "192.0.2.7",
                ], scratch: scratch)
            #expect(allowed.output.contains("request     POST /invoke, client address known\n"))
            #expect(allowed.output.contains("charges     role:user 1\n"))
            #expect(allowed.output.contains("limits      role:user: fits, 4 of 5 left\n"))
            #expect(allowed.output.contains("decision    allow\n\nHTTP/1.1 200 OK\nX-Auth-User-Id: demo\n"))
            #expect(!(denied.output + allowed.output).contains("do-not-use"), "the key is not shown")
        }
    }
}
