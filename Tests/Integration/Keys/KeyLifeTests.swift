import Foundation
import Testing

extension Live {
    /// A key's life, over real servers: generated, used, rotated, revoked.
    @Suite(.serialized, .needs(.postern, .redisServer))
    struct KeyLifeTests {
        /// The whole of it on four replicas; Redis is killed in the middle and comes back empty.
        @Test func aKeyLivesAndEndsOnFourReplicas() throws {
            let redis = try Redis()
            let scene = try KeyScene(replicas: 4, redis: redis)
            let made = try scene.json("generate", "--id", "batch", "--role", "user", "--description", "nightly")
            let (id, first) = (made["id"] as? String ?? "", made["key"] as? String ?? "")
            #expect(id == "batch" && first.hasPrefix("pstn_"))
            #expect(try scene.everyReplica(says: 200, to: first, within: 1))
            #expect(try scene.status(first, "/deploy") == 403)

            let second = try scene.json("rotate", id, "--overlap", "5s")["key"] as? String ?? ""
            let rotatedAt = monotonicSeconds()
            #expect(second != first)
            #expect(try scene.everyReplica(says: 200, to: second, within: 1))
            #expect(try scene.everyReplica(says: 200, to: first, within: 0.2))

            redis.kill()
            pause(seconds: 0.5)
            // Nobody who is known is locked out; a key nobody knows might be a new one, and waits.
            #expect(try scene.everyReplica(says: 200, to: second, within: 0.2))
            try redis.restart()
            pause(seconds: max(0, rotatedAt + 6 - monotonicSeconds()))
            #expect(try scene.everyReplica(says: 401, to: first, within: 0.2))
            #expect(try scene.everyReplica(says: 200, to: second, within: 0.2))

            // The store had forgotten it: the replicas have put it back.
            #expect(try eventually(within: 5) { try scene.keys("show", id).status == 0 })
            let revoked = try scene.json("revoke", id)
            #expect(revoked["status"] as? String == "revoked")
            #expect(try scene.everyReplica(says: 401, to: second, within: 1))
            #expect(try scene.keys("rotate", id).status == 1)

            let denied = try scene.answer(second).text
            #expect(!denied.contains(second))
            #expect(
                try eventually(within: 5) {
                    let log = try String(contentsOfFile: scene.scratch.file("audit-0.log"), encoding: .utf8)
                    return log.contains("revoked_key") && log.contains("\"batch\"")
                })
        }

        @Test func aKeyInAFileLivesAndEnds() throws {
            let scene = try KeyScene(replicas: 2, redis: nil)
            let made = try scene.json("generate", "--role", "admin", "--expires", "90d")
            let (id, first) = (made["id"] as? String ?? "", made["key"] as? String ?? "")
            #expect(try scene.everyReplica(says: 200, to: first, within: 1))
            #expect(try scene.status(first, "/deploy") == 200)
            let second = try scene.json("rotate", id, "--overlap", "0s")["key"] as? String ?? ""
            #expect(try scene.everyReplica(says: 401, to: first, within: 1))
            #expect(try scene.everyReplica(says: 200, to: second, within: 1))
            let attributes = try FileManager.default.attributesOfItem(atPath: scene.scratch.file("keys"))
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(try scene.keys("revoke", id).status == 0)
            #expect(try scene.everyReplica(says: 401, to: second, within: 1))
            let stored = try String(contentsOfFile: scene.scratch.file("keys"), encoding: .utf8)
            #expect(!stored.contains("pstn_"))
        }

        @Test func keysAreListedAndImportedAndTheirUseIsNoted() throws {
            let scene = try KeyScene(replicas: 1, redis: nil)
            let lines = (0..<300).map { #"{"id":"k\#($0)","key":"an-imported-key-\#($0)","roles":["user"]}"# }
            let all = lines.joined(separator: "\n")
            #expect(try scene.keys("import", input: all).output == "added 300, unchanged 0\n")
            #expect(try scene.keys("import", input: all).output == "added 0, unchanged 300\n")
            let other = #"{"id":"k1","key":"another-key-of-that-id","roles":["user"]}"#
            #expect(try scene.keys("import", input: other).status == 1)
            #expect(try scene.keys("import", input: #"{"id":"k1","key":"short"}"#).status == 1)
            #expect(
                try scene.keys("import", input: #"{"id":"x","key":"0123456789abcdef","roles":["usr"]}"#).status == 1)
            #expect(try scene.everyReplica(says: 200, to: "an-imported-key-299", within: 1))
            #expect(try scene.everyReplica(says: 401, to: "another-key-of-that-id", within: 1))
            let listed = try scene.keys("list", "--json").output
            let entries = try JSONSerialization.jsonObject(with: Data(listed.utf8)) as? [[String: Any]]
            #expect(entries?.count == 300)
            scene.servers[0].program.signal(SIGTERM)
            #expect(try eventually(within: 5) { try scene.json("show", "k299")["last_used_at"] != nil })
            #expect(try scene.json("show", "k298")["last_used_at"] == nil)
            let explained = try Command(
                postern: [
                    "explain", "--config", scene.path, "--path", "/invoke", "--header", "X-API-Key: an-imported-key-7",
                ], scratch: scene.scratch)
            #expect(explained.output.contains("k7"), "\(explained.output)\(explained.errors)")
        }

        /// A text of the right form that no store can vouch for at the moment is not the same as a wrong one.
        @Test func anUnknownKeyIsUndecidedWhileTheStoreIsAwayAndAMistypedOneIsWrong() throws {
            let redis = try Redis()
            let scene = try KeyScene(replicas: 1, redis: redis, more: "    max_stale_seconds: 2")
            let key = try scene.json("generate")["key"] as? String ?? ""
            #expect(try scene.everyReplica(says: 403, to: key, within: 1))
            let other = "pstn_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef3Wf3Js"
            #expect(try scene.status(other) == 401)
            redis.kill()
            #expect(try eventually(within: 3) { try scene.status(other) == 403 })
            #expect(try scene.answer(other).text.contains("undecidable"))
            #expect(try scene.status(other.replacing("ABC", with: "ABD")) == 401)
            // Known, and without a permission: until it has been away for too long.
            #expect(try scene.answer(key).text.contains("permission"))
            #expect(try eventually(within: 5) { try scene.answer(key).text.contains("undecidable") })
            #expect(scene.servers[0].readiness == 503)
            try redis.restart()
            #expect(eventually(within: 5) { scene.servers[0].readiness == 200 })
            #expect(try scene.answer(key).text.contains("permission"))
        }
    }
}
