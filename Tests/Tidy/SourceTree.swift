import Foundation

/// The project's own files, as the tidy tests read them.
struct SourceTree {
    struct File {
        /// Relative to the root of the project.
        var path: String
        var lines: [Substring]
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func files(under folder: String, ending: String = ".swift") -> [File] {
        let base = root.appending(path: folder)
        let names = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(ending) }.sorted().map { name in
            let text = (try? String(contentsOf: base.appending(path: name), encoding: .utf8)) ?? ""
            return File(path: "\(folder)/\(name)", lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }

    /// The rooms: folders of `Sources` with Swift in them.
    static var rooms: [String] {
        Set(files(under: "Sources").map { $0.path.split(separator: "/")[1] }.map(String.init)).sorted()
    }
}
