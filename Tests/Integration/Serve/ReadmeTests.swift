import Testing

extension Live {
    /// What the README shows is what a newcomer sees: its lines are run, and its answers compared to the byte.
    @Suite(.needs(commands: "curl"))
    struct ReadmeTests {
        private let scratch: ScratchFolder
        private let port: UInt16
        private let program: RunningProgram

        /// As `make run` serves it, on other ports.
        init() throws {
            scratch = try ScratchFolder()
            let (port, admin) = (try TCPListener.freePort(), try TCPListener.freePort())
            program = try RunningProgram(
                .postern,
                arguments: [
                    "serve", "--config", Repository.path("deploy/postern.yaml"), "--listen", "127.0.0.1:\(port)",
                    "--admin", "127.0.0.1:\(admin)",
                ], scratch: scratch)
            self.port = port
            try program.waitUntilReady { (try? HTTPClient.once(port: admin, "GET", "/readyz").status) == 200 }
        }

        @Test func answersAsTheReadmeShows() throws {
            let examples = try ReadmeExample.all()
            let commands = examples.filter { !$0.arguments.isEmpty }
            #expect(commands.map(\.startLine) == ["HTTP/1.1 401 Unauthorized", "HTTP/1.1 200 OK"])
            for example in commands {
                expect(try Curl(example.arguments.map(here), scratch: scratch), example)
            }
            let key = try #require(commands.last?.arguments.first { $0.hasPrefix("X-API-Key: ") })
            let secret = String(key.dropFirst("X-API-Key: ".count))

            let client = try HTTPClient(port: port)
            let forbidden = try client.request("GET", "/envoy/admin/x", [("X-API-Key", secret)])
            #expect(forbidden.status == 403)
            #expect(forbidden.text.contains("deploy"))
            for _ in 2...5 {
                #expect(try client.request("GET", "/envoy/invoke", [("X-API-Key", secret)]).status == 200)
            }
            let refusal = try #require(examples.first { $0.arguments.isEmpty })
            #expect(refusal.startLine == "HTTP/1.1 429 Too Many Requests")
            let last = try #require(commands.last?.arguments)
            expect(try Curl(last.map(here), scratch: scratch), refusal)
        }

        private func here(_ argument: String) -> String {
            argument.hasPrefix("localhost:9191") ? "127.0.0.1:\(port)" + argument.dropFirst(14) : argument
        }

        private func expect(_ curl: Curl, _ shown: ReadmeExample) {
            let head = curl.heads.last
            #expect(head?.startLine.joined(separator: " ") == shown.startLine, "\(curl.errors)")
            if !shown.isAbridged {
                #expect(head?.headers.map(\.name) == shown.headers.map(\.name), "the same, in the same order")
            }
            for (name, value) in shown.headers {
                let got = curl[name] ?? "nothing"
                #expect(ReadmeExample.matches(got, value), "\(name): \(got) instead of \(value)")
            }
            #expect(curl.body == shown.body)
        }
    }
}
