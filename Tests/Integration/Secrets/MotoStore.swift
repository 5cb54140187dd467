import Foundation
import Glibc

/// `moto_store.py`: Secrets Manager, STS and the servers that hand out keys, every signature checked.
final class MotoStore {
    struct Place: Decodable {
        var url: String
        var metadata: String
        var role: String
        var region: String
        var id: String
        var secret: String
    }

    let place: Place
    private let process = Process()
    private let orders = Pipe()
    private let replies = Pipe()

    init() throws {
        process.executableURL = URL(fileURLWithPath: try Tool.motoPython.locate())
        process.arguments = [Repository.path("Tests/Integration/Secrets/moto_store.py")]
        process.standardInput = orders
        process.standardOutput = replies
        process.standardError = FileHandle.nullDevice
        try process.run()
        place = try JSONDecoder().decode(Place.self, from: Data(MotoStore.line(replies.fileHandleForReading).utf8))
    }

    deinit {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// The secret's ARN. A value that begins with `binary:` is kept as bytes.
    @discardableResult
    func keep(_ name: String, _ value: String) throws -> String {
        let order = try JSONSerialization.data(withJSONObject: ["set": [name: value]])
        orders.fileHandleForWriting.write(order + Data("\n".utf8))
        let answer = Data(MotoStore.line(replies.fileHandleForReading).utf8)
        return try JSONDecoder().decode([String: String].self, from: answer)[name] ?? ""
    }

    private static func line(_ file: FileHandle) -> String {
        var line = Data()
        while let byte = try? file.read(upToCount: 1), let first = byte.first, first != 10 { line.append(first) }
        return String(decoding: line, as: UTF8.self)
    }
}
