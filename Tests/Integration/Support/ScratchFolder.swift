import Foundation

/// A folder of its own below the system's temporary one, removed with the last reference.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        let unique = "postern-test-\(UUID().uuidString.prefix(8))"
        path = FileManager.default.temporaryDirectory.appendingPathComponent(unique).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of `name` in the folder, which need not exist.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Replaces the whole file in one step, as a careful editor does; the path it was written to.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: file(name), atomically: true, encoding: .utf8)
        return file(name)
    }

    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: file(name), withIntermediateDirectories: true)
    }
}
