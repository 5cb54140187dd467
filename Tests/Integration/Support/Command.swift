import Foundation
import Testing

/// A program run to its end, with what it printed.
struct Command {
    /// The exit status; 128 and the signal's number when a signal ended it, as a shell says it.
    var status: Int32
    var output: String
    var errors: String

    /// Everything a test may have to wait for a program that only prints.
    static let seconds = 20.0

    /// Runs a program of PATH.
    init(_ name: String, _ arguments: [String], scratch: ScratchFolder) throws {
        guard let path = Command.find(name) else { throw HarnessFailure("\(name) was not found") }
        try self.init(path: path, arguments, input: nil, scratch: scratch)
    }

    /// Runs Postern's own command line, with `input` to read from.
    init(postern arguments: [String], input: String? = nil, scratch: ScratchFolder) throws {
        try self.init(path: try Tool.postern.locate(), arguments, input: input, scratch: scratch)
    }

    /// Runs a script with the Python that has our wheels.
    init(
        python arguments: [String], input: String, scratch: ScratchFolder, seconds: Double = Command.seconds
    ) throws {
        let path = try Tool.python.locate()
        try self.init(path: path, arguments, input: input, scratch: scratch, seconds: seconds)
    }

    /// The same with the Python that has the frameworks.
    init(frameworks arguments: [String], input: String, scratch: ScratchFolder) throws {
        try self.init(path: try Tool.frameworks.locate(), arguments, input: input, scratch: scratch)
    }

    private init(
        path: String, _ arguments: [String], input: String?, scratch: ScratchFolder,
        seconds: Double = Command.seconds
    ) throws {
        // Files and not pipes: a pipe that nobody reads while the program runs would stop it.
        let id = UUID().uuidString.prefix(6)
        let (outputPath, errorsPath) = (scratch.file("out-\(id)"), scratch.file("err-\(id)"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let inputFile = try input.map { try scratch.write($0, to: "in-\(id)") }
        let inputHandle = inputFile.flatMap { FileHandle(forReadingAtPath: $0) }
        let (outputHandle, errorsHandle) = (try Command.file(outputPath), try Command.file(errorsPath))
        process.standardInput = inputHandle ?? FileHandle.nullDevice
        process.standardOutput = outputHandle
        process.standardError = errorsHandle
        // `Process` keeps them open, and with more than a thousand open files its `run` reads beyond a directory's buffer.
        defer { for handle in [inputHandle, outputHandle, errorsHandle] { try? handle?.close() } }
        try process.run()
        guard eventually(within: seconds, { !process.isRunning }) else {
            process.terminate()
            throw HarnessFailure("\(path) \(arguments.joined(separator: " ")) did not end")
        }
        status = process.terminationStatus + (process.terminationReason == .exit ? 0 : 128)
        output = try String(contentsOfFile: outputPath, encoding: .utf8)
        errors = try String(contentsOfFile: errorsPath, encoding: .utf8)
    }

    private static func file(_ path: String) throws -> FileHandle {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        guard let file = FileHandle(forWritingAtPath: path) else { throw HarnessFailure("cannot write \(path)") }
        return file
    }

    fileprivate static func find(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}

extension Trait where Self == ConditionTrait {
    /// As `needs`, for programs that are only run to their end.
    static func needs(commands: String...) -> Self {
        let missing = commands.filter { Command.find($0) == nil }.joined(separator: ", ")
        let inCI = ProcessInfo.processInfo.environment["CI"] != nil
        return .enabled(if: missing.isEmpty || inCI, "not installed here: \(missing)")
    }
}
