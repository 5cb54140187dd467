import Foundation
import Glibc

/// A child process with its output in a file. Stopped, by its own process id, with the last reference at the latest.
final class RunningProgram {
    private let process = Process()
    private let outputPath: String
    let name: String

    /// `environment` is added to our own. Nothing is read from the terminal.
    init(
        _ tool: Tool, arguments: [String], scratch: ScratchFolder, environment: [String: String] = [:]
    ) throws {
        name = tool.rawValue
        outputPath = scratch.file("\(tool.rawValue)-\(UUID().uuidString.prefix(6)).log")
        _ = FileManager.default.createFile(atPath: outputPath, contents: nil)
        guard let output = FileHandle(forWritingAtPath: outputPath) else {
            throw HarnessFailure("cannot write \(outputPath)")
        }
        process.executableURL = URL(fileURLWithPath: try tool.locate())
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, ours in ours }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try? output.close()
    }

    // A killed nginx master would leave its workers behind; the others have nothing to lose, and are slow to go.
    deinit { if name == Tool.nginx.rawValue { stop() } else { kill() } }

    var identifier: pid_t { process.processIdentifier }
    var isRunning: Bool { process.isRunning }

    /// All it has written so far.
    var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }

    func signal(_ number: Int32) {
        if process.isRunning { Glibc.kill(process.processIdentifier, number) }
    }

    /// Waits for the end; the exit status, or nil when it still runs after `seconds` or died of a signal.
    func exitStatus(within seconds: Double) -> Int32? {
        guard eventually(within: seconds, { !process.isRunning }) else { return nil }
        return process.terminationReason == .exit ? process.terminationStatus : nil
    }

    /// Waits until `ready` says so, or throws with the last lines of output.
    func waitUntilReady(within seconds: Double = 15, _ ready: () -> Bool) throws {
        let isReady = eventually(within: seconds) { ready() || !process.isRunning }
        guard isReady, process.isRunning else {
            let tail = output.split(separator: "\n").suffix(15).joined(separator: "\n")
            let fate = process.isRunning ? "was not ready after \(seconds) s" : "ended before it was ready"
            throw HarnessFailure("\(name) \(fate):\n\(tail)")
        }
    }

    /// Asks it to end, and insists after five seconds.
    func stop() {
        guard process.isRunning else { return }
        signal(SIGCONT)
        signal(SIGTERM)
        if !eventually(within: 5, { !process.isRunning }) { kill() }
    }

    /// Ends it at once, stopped (SIGSTOP) or not.
    func kill() {
        guard process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        _ = eventually(within: 5) { !process.isRunning }
    }
}
