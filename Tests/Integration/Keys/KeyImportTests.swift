import Foundation
import Testing

extension Live {
    /// Many keys at once, into a real Redis.
    @Suite(.serialized, .needs(.postern, .redisServer))
    struct KeyImportTests {
        private static func line(_ index: Int) -> String {
            #"{"id":"k\#(index)","key":"an-imported-key-\#(index)","roles":["user"]}"#
        }

        /// In round trips of 64 keys, whatever else they cost: by Redis's own count.
        @Test func tenThousandKeysTakeAHundredAndSixtyRoundTrips() throws {
            let redis = try Redis()
            let scene = try KeyScene(replicas: 1, redis: redis)
            let calls = { try Self.calls("eval", at: redis) }
            let document = (0..<10_000).map(Self.line).joined(separator: "\n")
            #expect(try scene.keys("import", input: document).output == "added 10000, unchanged 0\n")
            #expect(try calls() == 157)
            #expect(try scene.everyReplica(says: 200, to: "an-imported-key-9999", within: 2))
            #expect(try eventually(within: 2) { try scene.servers[0].metrics().sum("postern_stored_keys") == 10_000 })
            // Again, with one more at its end: what is there stays, and is told by its number.
            let more = document + "\n" + Self.line(10_000)
            #expect(try scene.keys("import", input: more).output == "added 1, unchanged 10000\n")
            #expect(try calls() == 314)
        }

        /// A bad line among good ones: all of them are named, and nothing is added.
        @Test func whatIsWrongIsToldByItsLineAndNothingIsLost() throws {
            let redis = try Redis()
            let scene = try KeyScene(replicas: 1, redis: redis)
            #expect(try scene.keys("import", input: Self.line(0)).status == 0)
            var lines = (0..<300).map(Self.line)
            lines[6] = #"{"id":"k6","key":"an-imported-key-6","roles":["usr"]}"#
            lines[99] = "{\"id\":\"k99\","
            lines[200] = #"{"id":"k3","key":"another-key-of-that-id"}"#
            lines[201] = #"{"id":"k201","key":"an-imported-key-3"}"#
            // An empty line counts and is nothing.
            let document = lines.joined(separator: "\n").replacing("\n{\"id\":\"k50\"", with: "\n\n{\"id\":\"k50\"")
            let refused = try scene.keys("import", input: document)
            #expect(refused.status == 1 && refused.output == "")
            let told = refused.errors.split(separator: "\n").map(String.init)
            #expect(
                told == [
                    "line 7: the role usr is not defined in auth.roles; did you mean user?",
                    "line 101: is no JSON object", "line 202: the id k3 is that of line 4",
                    "line 203: the key is that of line 4", "nothing was added",
                ], "\(told)")
            #expect(try Self.count(scene) == 1)
            let array = "[\(Self.line(1)),\n\(Self.line(2)),\n7]"
            #expect(try scene.keys("import", input: array).errors.hasPrefix("entry 3: is no JSON object"))
            let broken = "[\(Self.line(1)),\n\(Self.line(2))\n\(Self.line(3))]"
            #expect(try scene.keys("import", input: broken).errors.hasPrefix("line 3: is no JSON"))
            #expect(try Self.count(scene) == 1)
        }

        private static func count(_ scene: KeyScene) throws -> Int? {
            let listed = try scene.keys("list", "--json").output
            return (try JSONSerialization.jsonObject(with: Data(listed.utf8)) as? [Any])?.count
        }

        private static func calls(_ command: String, at redis: Redis) throws -> Int {
            let connection = try TCPConnection(port: redis.port, timeoutSeconds: 2)
            try connection.send(Array("INFO commandstats\r\n".utf8))
            var text = ""
            while !text.contains("cmdstat_\(command):") {
                let part = try connection.receive()
                guard !part.isEmpty else { throw HarnessFailure("no figures of \(command)") }
                text += String(decoding: part, as: UTF8.self)
            }
            let line = text.split(separator: "\r\n").first { $0.hasPrefix("cmdstat_\(command):calls=") }
            let digits = line?.split(separator: "=").dropFirst().first?.prefix { $0.isNumber }
            return digits.flatMap { Int($0) } ?? 0
        }
    }
}
