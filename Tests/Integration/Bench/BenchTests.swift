import Testing

extension Live {
    /// The bench's own instruments. What they measure is for `make bench`, on a quiet machine.
    @Suite(.needs(.python), .needs(commands: "cc"))
    struct BenchTests {
        private static let seconds = 60.0

        private func run(_ program: String, _ arguments: String...) throws -> (status: Int32?, output: String) {
            let scratch = try ScratchFolder()
            let program = try RunningProgram(
                .python, arguments: [Repository.path(program)] + arguments, scratch: scratch)
            let status = program.exitStatus(within: Self.seconds)
            return (status, program.output)
        }

        /// A server is stopped for 300 ms: the open loop must show it, and a closed loop cannot.
        @Test func generatorCountsWhatAStallDelayed() throws {
            let (status, output) = try run("bench/generator/canary")
            #expect(status == 0, "\(output)")
        }

        /// docs/performance.md and README.md say what the published run found, and their plots show it.
        @Test func pagesSayWhatTheRunFound() throws {
            let (status, output) = try run("bench/document", "--check")
            #expect(status == 0, "\(output)")
        }
    }
}
