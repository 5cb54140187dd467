import Foundation
import Testing

extension Live {
    /// A key store on several servers, of which the one that has the keys must be found, and found again.
    @Suite(.serialized, .needs(.postern, .redisServer))
    struct KeyTopologyTests {
        /// The keys' slot is on one of three masters. The first node that is named is gone, and the second has another
        /// slot; then the master of the keys goes, and they are made and revoked on its successor.
        @Test(.needs(commands: "redis-cli")) func aClusterKeepsThem() throws {
            let cluster = try EngineCluster()
            let gone = "127.0.0.1:\(try TCPListener.freePort())"
            let yaml = "cluster: {nodes: [\"\(gone)\", \"\(cluster.nodes[2].address)\"]}"
            let scene = try KeyScene(replicas: 2, redis: nil, at: yaml)
            let (id, key) = try generate(scene)
            #expect(try scene.json("show", id)["id"] as? String == id)
            let master = cluster.masters().first { (try? $0.command("DBSIZE").number) ?? 0 > 0 }
            let victim = try #require(master)
            let successor = try cluster.replica(of: victim)
            victim.kill()
            #expect(try eventually(within: 20) { try successor.command("ROLE").list.first == .text("master") })
            #expect(eventually(within: 10) { isFollowed(by: scene) })
            #expect(try scene.everyReplica(says: 200, to: key, within: 0.2))
            try revoke(id, key, scene)
            _ = try generate(scene)
        }

        /// The master is killed right after a revocation that its replicas never heard of: whoever knows of it puts it
        /// back, and nobody who was refused is let in again.
        @Test func sentinelsNameAnotherMaster() throws {
            let sentinels = try EngineSentinels()
            let scene = try KeyScene(replicas: 2, redis: nil, at: sentinels.yaml)
            let (kept, revoked) = (try generate(scene), try generate(scene))
            let victim = try sentinels.master()
            #expect(eventually(within: 5) { (try? victim.command("WAIT", "2", "1000").number) == 2 })
            try cut(sentinels.data.filter { $0.port != victim.port }, off: victim)
            try revoke(revoked.id, revoked.key, scene)
            victim.kill()
            // Without a master, who is known is let in.
            #expect(eventually(within: 5) { !isFollowed(by: scene) })
            #expect(try scene.everyReplica(says: 200, to: kept.key, within: 0.2))
            let isReplaced = try eventually(within: 20) {
                let master = try sentinels.master()
                return master.port != victim.port && (try? master.command("ROLE"))?.list.first == .text("master")
            }
            #expect(isReplaced)
            #expect(eventually(within: 5) { isFollowed(by: scene) })
            #expect(try scene.everyReplica(says: 401, to: revoked.key, within: 0.2))
            #expect(try eventually(within: 2) { try scene.json("show", revoked.id)["status"] as? String == "revoked" })
            try revoke(kept.id, kept.key, scene)
            let late = try generate(scene)
            #expect(try scene.json("rotate", late.id, "--overlap", "0s")["key"] as? String != nil)
            #expect(try scene.everyReplica(says: 401, to: late.key, within: 1))
        }

        /// A master that goes on answering after another has taken its place, as one that is cut off from Sentinel:
        /// replicas leave it, or they would never hear of what is revoked at the other.
        @Test func aMasterThatWasReplacedIsLeft() throws {
            let sentinels = try EngineSentinels()
            let scene = try KeyScene(replicas: 2, redis: nil, at: sentinels.yaml)
            let made = try generate(scene)
            let old = try sentinels.master()
            // It takes no such order, so Sentinel can neither make it a replica nor send its clients away.
            #expect(try old.command("ACL", "SETUSER", "default", "-replicaof", "-slaveof") == .text("OK"))
            #expect(try sentinels.sentinels[0].command("SENTINEL", "FAILOVER", EngineSentinels.name) == .text("OK"))
            let isReplaced = try eventually(within: 20) { try sentinels.master().port != old.port }
            #expect(isReplaced)
            // Two seconds to notice, and one for the revocation.
            pause(seconds: 2)
            try revoke(made.id, made.key, scene)
        }

        private typealias Key = (id: String, key: String)

        private func generate(_ scene: KeyScene) throws -> Key {
            let made = try scene.json("generate", "--role", "user")
            let key = (id: made["id"] as? String ?? "", key: made["key"] as? String ?? "")
            #expect(try scene.everyReplica(says: 200, to: key.key, within: 1))
            return key
        }

        private func revoke(_ id: String, _ key: String, _ scene: KeyScene) throws {
            #expect(try scene.keys("revoke", id).status == 0)
            #expect(try scene.everyReplica(says: 401, to: key, within: 1))
        }

        /// Replicas that hear no more from their master, which goes on.
        private func cut(_ replicas: [EngineServer], off master: EngineServer) throws {
            for replica in replicas {
                #expect(try replica.command("CONFIG", "SET", "masterauth", "nobody-knows") == .text("OK"))
            }
            #expect((try master.command("CLIENT", "KILL", "TYPE", "replica").number ?? 0) == replicas.count)
        }

        private func isFollowed(by scene: KeyScene) -> Bool {
            scene.servers.allSatisfy { (try? $0.metrics().sum("postern_key_store_current")) == 1 }
        }
    }
}
