import Testing

extension Live {
    /// Sixteen processes, one Redis, a hot key and Zipf keys (limits.md 31 and 33): bench/replicas in its short form.
    @Suite(.needs(.redisServer, .python), .needs(commands: "redis-cli"))
    struct ReplicaTests {
        private static let seconds = 120.0

        @Test(arguments: ["exact", "leased"])
        func shareOneQuota(_ precision: String) throws {
            let scratch = try ScratchFolder()
            let program = try RunningProgram(
                .python, arguments: [Repository.path("bench/replicas"), "--short", "--precisions", precision],
                scratch: scratch, environment: ["POSTERN_BINARY": try Tool.postern.locate()])
            let status = program.exitStatus(within: Self.seconds)
            #expect(status == 0, "\(program.output)")
            #expect(program.output.contains("Every limit held"), "\(program.output)")
        }
    }
}
