import Foundation
import Testing

extension Live {
    /// `postern limits` and the paths of tickets, of real processes: each with its own memory, or two with one Redis.
    @Suite(.serialized, .needs(.postern, .redisServer))
    struct LimitsCommandTests {
        private static let token = "control-token-0123456789-0123456789"

        private struct Scene {
            let scratch: ScratchFolder
            let redis: Redis?
            let servers: [PosternFile]
            let ports: [UInt16]

            init(overRedis: Bool, control: [String]) throws {
                let scratch = try ScratchFolder()
                let redis = overRedis ? try Redis() : nil
                var (servers, ports): ([PosternFile], [UInt16]) = ([], [])
                for (index, control) in control.enumerated() {
                    let (port, admin) = (try TCPListener.freePort(), try TCPListener.freePort())
                    let backend = redis.map {
                        "  rate_limit_backend: redis\nredis: {url: \"\($0.url)\", deadline_ms: 500}"
                    }
                    let text = """
                        listen: [{address: "127.0.0.1:\(port)"}]
                        admin:
                          address: 127.0.0.1:\(admin)
                          control: \(control.replacing("FOLDER", with: scratch.path))
                          token: \(LimitsCommandTests.token)
                        routes: [{path: /chat}]
                        limits:
                          - {name: calls, per: subject, concurrency: 2, lease_seconds: 60}
                          - {name: tokens, per: subject, rate: 100/day, settle: {estimate: 10, expires_seconds: 60}}
                          - {name: month, per: subject, rate: 100/month, window: calendar}
                        auth:
                          mode: api_key
                          api_keys: {keys: [{id: alice, key: \(Gateway.userKey)}]}
                        \(backend ?? "")
                        """
                    let path = try scratch.write(text, to: "postern-\(index).yaml")
                    servers.append(try PosternFile(path: path, adminPort: admin, scratch: scratch))
                    ports.append(port)
                }
                (self.scratch, self.redis, self.servers, self.ports) = (scratch, redis, servers, ports)
            }

            func run(_ arguments: [String], of server: Int = 0) throws -> Command {
                let file = ["--config", scratch.file("postern-\(server).yaml")]
                return try Command(postern: ["limits"] + arguments + file, scratch: scratch)
            }

            func check(_ server: Int = 0) throws -> HTTPAnswer {
                let text = #"{"method":"GET","path":"/chat","headers":{"x-api-key":"\#(Gateway.userKey)"}}"#
                return try post("/v1/check", text, to: server)
            }

            func ticket(_ server: Int = 0) throws -> String {
                let answer = try check(server)
                let found = answer.text.firstMatch(of: /"X-Postern-Ticket":"([A-Za-z0-9_-]+)"/)
                return String(try #require(found, "\(answer.text)").1)
            }

            func post(_ target: String, _ text: String, to server: Int = 0) throws -> HTTPAnswer {
                try HTTPClient.once(port: ports[server], "POST", target, body: Array(text.utf8))
            }
        }

        @Test(arguments: [false, true])
        func showsWhatIsUsedAndResetsIt(_ overRedis: Bool) throws {
            let scene = try Scene(overRedis: overRedis, control: ["unix:FOLDER/control.sock"])
            #expect(try scene.run(["show", "tokens", "alice"]).output.contains("0 of 100 used, 100 left"))
            _ = try scene.ticket()
            let shown = try scene.run(["show", "tokens", "alice"])
            #expect(shown.status == 0 && shown.output.contains("10 of 100 used, 90 left"), "\(shown.output)")
            #expect(try scene.run(["show", "calls", "alice"]).output.contains("1 of 2 held, 1 left"))
            #expect(try scene.run(["show", "month", "alice", "--json"]).output.contains("\"used\":1,\"left\":99"))
            #expect(try scene.run(["reset", "calls", "alice"]).output == "calls of alice: reset\n")
            #expect(try scene.run(["show", "calls", "alice"]).output.contains("0 of 2 held"))
            let unknown = try scene.run(["show", "nobody", "alice"])
            #expect(unknown.status == 1 && unknown.output.contains("there are: calls, tokens, month"))
        }

        @Test func theSocketIsItsOwnersAloneAndNobodyAnswersWhenItIsGone() throws {
            let scene = try Scene(overRedis: false, control: ["unix:FOLDER/control.sock"])
            let path = scene.scratch.file("control.sock")
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            scene.servers[0].program.kill()
            let silent = try scene.run(["show", "calls", "alice"])
            #expect(silent.status == 69)
            #expect(!silent.output.contains(Self.token) && !silent.errors.contains(Self.token))
        }

        /// Held by one, released, renewed and settled at the other.
        @Test func aTicketIsGoodAtEveryReplica() throws {
            let ports = [try TCPListener.freePort(), try TCPListener.freePort()]
            let scene = try Scene(overRedis: true, control: ports.map { "127.0.0.1:\($0)" })
            let first = try scene.ticket(0)
            _ = try scene.ticket(1)
            #expect(try scene.check(1).status == 429)
            let renewed = try scene.post("/v1/renew", #"{"ticket":"\#(first)"}"#, to: 1)
            #expect(renewed.status == 200 && renewed.text == #"{"renewed":1}"#, "\(renewed.text)")
            #expect(try scene.post("/v1/release", #"{"ticket":"\#(first)"}"#, to: 1).text == #"{"released":1}"#)
            #expect(try scene.check(0).status == 200)
            let settle = #"{"ticket":"\#(first)","cost":4}"#
            let settled = try scene.post("/v1/settle", settle, to: 1)
            #expect(settled.text.contains(#""limit":"tokens","outcome":"done""#), "\(settled.text)")
            #expect(try scene.post("/v1/settle", settle, to: 0).text == settled.text)
            #expect(try scene.post("/v1/settle", settle.replacing("4}", with: "5}"), to: 0).status == 409)
            #expect(try scene.run(["show", "tokens", "alice"], of: 1).output.contains("24 of 100 used"))
            #expect(try scene.run(["reset", "tokens", "alice"], of: 0).output == "tokens of alice: reset\n")
            #expect(try scene.run(["show", "tokens", "alice"], of: 1).output.contains("0 of 100 used"))
        }
    }
}
