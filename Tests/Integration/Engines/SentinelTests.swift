import Testing

extension Live {
    /// A master that Sentinel replaces while it is used (limits.md 23, 26).
    @Suite(.needs(.redisServer, .valkeyServer))
    struct SentinelTests {
        @Test(arguments: Tool.engines)
        func followsAFailover(_ tool: Tool) throws {
            let sentinels = try EngineSentinels(tool)
            let victim = try sentinels.master()
            let failover = try Failover(sentinels.yaml, victim: victim, isCut: tool == .valkeyServer) {
                let master = try sentinels.master()
                return master.port != victim.port && (try? master.command("ROLE"))?.list.first == .text("master")
            }
            try failover.play()
        }
    }
}
