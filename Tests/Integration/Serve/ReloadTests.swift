import Foundation
import Glibc
import Testing

extension Live {
    /// New configuration without a restart: by SIGHUP, and by every way a file changes.
    struct ReloadTests {
        @Test func seesTheFileEditedInPlace() throws {
            let postern = try Postern(ReloadFile.text(opening: "/a"))
            let path = postern.scratch.file("postern.yaml")
            let inode = try number(.systemFileNumber, of: path)
            let text = Postern.head(port: postern.port, adminPort: postern.adminPort) + ReloadFile.text(opening: "/b")
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            #expect(try number(.systemFileNumber, of: path) == inode, "or this test is the next one")
            #expect(try ReloadFile.opens("/b", closing: "/a", at: postern.port))
        }

        @Test func seesTheFileReplaced() throws {
            let postern = try Postern(ReloadFile.text(opening: "/a"))
            let path = postern.scratch.file("postern.yaml")
            let inode = try number(.systemFileNumber, of: path)
            try postern.rewrite(ReloadFile.text(opening: "/b"))
            #expect(try number(.systemFileNumber, of: path) != inode, "or this test is the one before")
            #expect(try ReloadFile.opens("/b", closing: "/a", at: postern.port))
        }

        /// As the kubelet does it: the file is a link to `..data/postern.yaml`, `..data` a link to a dated folder, and
        /// a new `..data` is renamed over the old one. Size and modification time of both versions are the same.
        @Test func seesAConfigMapSwapItsLink() throws {
            let scratch = try ScratchFolder()
            let (port, adminPort) = (try TCPListener.freePort(), try TCPListener.freePort())
            let head = Postern.head(port: port, adminPort: adminPort)
            let files = FileManager.default
            for (folder, path) in [("..2026_a", "/a"), ("..2026_b", "/b")] {
                try scratch.makeFolder(folder)
                let file = try scratch.write(head + ReloadFile.text(opening: path), to: "\(folder)/postern.yaml")
                try files.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: file)
            }
            try files.createSymbolicLink(atPath: scratch.file("..data"), withDestinationPath: "..2026_a")
            let path = scratch.file("postern.yaml")
            try files.createSymbolicLink(atPath: path, withDestinationPath: "..data/postern.yaml")
            let postern = try PosternFile(path: path, adminPort: adminPort, scratch: scratch)
            #expect(try ReloadFile.status(of: "/a", at: port) == 200)

            try files.createSymbolicLink(atPath: scratch.file("..data_tmp"), withDestinationPath: "..2026_b")
            #expect(rename(scratch.file("..data_tmp"), scratch.file("..data")) == 0)
            try files.removeItem(atPath: scratch.file("..2026_a"))
            #expect(try ReloadFile.opens("/b", closing: "/a", at: port))
            #expect(try postern.metrics().failedReloads == 0)
        }

        /// SIGHUP reads the file again even when it looks the same: a `${VAR}` file or a key file may not.
        @Test func reloadsOnHangUp() throws {
            let postern = try Postern(ReloadFile.text(opening: "/a"))
            #expect(try postern.metrics().reloads == 0)
            postern.reload()
            #expect(try eventually(within: ReloadFile.seconds) { try postern.metrics().reloads == 1 })
            #expect(try ReloadFile.status(of: "/a", at: postern.port) == 200)
        }

        @Test func keepsTheOldConfigurationWhenTheNewOneIsBad() throws {
            let postern = try Postern(ReloadFile.text(opening: "/a"))
            try postern.rewrite(ReloadFile.text(opening: "/b") + "\nrouts: []\n")
            #expect(try eventually(within: ReloadFile.seconds) { try postern.metrics().failedReloads == 1 })
            #expect(try postern.metrics().reloads == 0)
            #expect(try ReloadFile.status(of: "/a", at: postern.port) == 200)
            #expect(try ReloadFile.status(of: "/b", at: postern.port) == 403)
            #expect(postern.readiness == 200)
            #expect(eventually(within: 2) { postern.program.output.contains("routs") })
            let line = try #require(postern.program.output.split(separator: "\n").first { $0.contains("routs") })
            #expect(line.contains("postern.yaml:") && line.contains("did you mean"), "\(line)")
            #expect(!postern.program.output.contains(ReloadFile.key))

            try postern.rewrite(ReloadFile.text(opening: "/b"))
            #expect(try ReloadFile.opens("/b", closing: "/a", at: postern.port))
        }

        /// The bucket's tokens used are kept, also when the limit is another one (limits.md 3).
        @Test func keepsUsageOfLimits() throws {
            let postern = try Postern(ReloadFile.text(opening: "/a", perHour: 5))
            for left in [4, 3, 2] { #expect(try remaining(postern, "/a") == left) }
            try postern.rewrite(ReloadFile.text(opening: "/b", perHour: 5))
            postern.reload()
            #expect(try eventually(within: ReloadFile.seconds) { try postern.metrics().reloads >= 1 })
            #expect(try remaining(postern, "/b") == 1)
            try postern.rewrite(ReloadFile.text(opening: "/c", perHour: 50))
            postern.reload()
            #expect(try eventually(within: ReloadFile.seconds) { try postern.metrics().reloads >= 2 })
            #expect(try remaining(postern, "/c") == 45)
        }

        /// A refusal that is remembered must not outlive the limit it came from (limits.md 16).
        @Test(.needs(.redisServer)) func forgetsRefusalsOfALimitThatWasRaised() throws {
            let redis = try Redis()
            let store = "redis: {url: \"\(redis.url)\", deadline_ms: 1000, on_failure: closed}\n"
            let postern = try Postern(store + ReloadFile.text(opening: "/a", perHour: 5, backend: "redis"))
            #expect(try eventually(within: 5) { try postern.metrics().sum("postern_store_up") == 1 })
            for left in [4, 3, 2, 1, 0] { #expect(try remaining(postern, "/a") == left) }
            for _ in 0..<3 { #expect(try ReloadFile.status(of: "/a", at: postern.port) == 429) }
            #expect(try postern.metrics().sum("postern_deny_cache_hits_total") > 0)
            try postern.rewrite(store + ReloadFile.text(opening: "/a", perHour: 50, backend: "redis"))
            postern.reload()
            #expect(try eventually(within: ReloadFile.seconds) { try postern.metrics().reloads >= 1 })
            #expect(try remaining(postern, "/a") == 44)
        }

        @Test func failsNoCheckWhileItReloadsUnderLoad() throws {
            try reloadUnderLoad("memory")
        }

        @Test(.needs(.redisServer)) func failsNoCheckInRedisWhileItReloads() throws {
            let redis = try Redis()
            // No check may be decided without Redis, so its deadline is one that a stalled machine keeps.
            try reloadUnderLoad("redis", "redis: {url: \"\(redis.url)\", deadline_ms: 2000, on_failure: closed}\n")
        }

        /// 200 reloads, each of another file, while four connections on two workers ask without a pause.
        private func reloadUnderLoad(_ backend: String, _ redis: String = "") throws {
            let reloads = 200
            let texts = ["/a", "/b"].map { path in
                redis + ReloadFile.text(opening: path, backend: backend) + "\n  - {path: /always}\nworkers: 2\n"
            }
            let postern = try Postern(texts[0])
            #expect(try eventually(within: 5) { try postern.metrics().sum("postern_store_up") == 1 })
            let requests = [LoadRequest(target: "/envoy/always", key: ReloadFile.key)]
            let load = Load(ports: [postern.port], threads: 4, requests: requests)
            for reload in 1...reloads {
                try postern.rewrite(texts[reload % 2])
                postern.reload()
                let isDone = try eventually(within: ReloadFile.seconds) {
                    try postern.metrics().reloads >= Double(reload)
                }
                try #require(isDone, "reload \(reload)")
            }
            let answers = try load.stop()
            #expect(answers.statuses == [200: answers.count])
            #expect(answers.count > reloads)
            let metrics = try postern.metrics()
            #expect(metrics.failedReloads == 0)
            #expect(metrics.sum("postern_connections_opened_total") <= 4, "no connection was lost")
        }

        private func remaining(_ postern: Postern, _ path: String) throws -> Int? {
            let answer = try ReloadFile.ask(path, at: postern.port)
            return answer["X-RateLimit-Remaining"].flatMap { Int($0) }
        }

        private func number(_ key: FileAttributeKey, of path: String) throws -> Int {
            try FileManager.default.attributesOfItem(atPath: path)[key] as? Int ?? 0
        }
    }
}
