import Foundation

/// The files of this repository as they are shipped.
enum Repository {
    /// From this file's own place, `Tests/Integration/Support`.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    static func path(_ relative: String) -> String { "\(root)/\(relative)" }

    static func text(_ relative: String) throws -> String {
        try String(contentsOfFile: path(relative), encoding: .utf8)
    }

    static func exists(_ relative: String) -> Bool { FileManager.default.fileExists(atPath: path(relative)) }

    /// Paths of all files below a folder, relative to the root, sorted.
    static func files(below folder: String) -> [String] {
        let found = FileManager.default.enumerator(atPath: path(folder))
        return (found?.compactMap { $0 as? String } ?? [])
            .map { "\(folder)/\($0)" }
            .filter { candidate in
                var isFolder: ObjCBool = false
                return FileManager.default.fileExists(atPath: path(candidate), isDirectory: &isFolder)
                    && !isFolder.boolValue
            }
            .sorted()
    }

    /// A shipped file with documented addresses and paths replaced, and nothing else. Each must occur, or the file has
    /// drifted from its test and the test throws.
    static func shipped(_ relative: String, replacing replacements: [(of: String, with: String)]) throws -> String {
        var text = try text(relative)
        for replacement in replacements {
            guard text.contains(replacement.of) else {
                throw HarnessFailure("\(relative) no longer holds `\(replacement.of)`")
            }
            text = text.replacingOccurrences(of: replacement.of, with: replacement.with)
        }
        return text
    }
}
