@testable import Configuration

/// Files that configurations of tests refer to, in `Tests/Configuration/Files`. The keys were made for these tests, and
/// in `zoneinfo` all zones but Europe/Berlin, which is that of the public tz database.
enum Files {
    static let folder =
        String(#filePath).split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        + "/Files"

    static func text(_ name: String) -> String {
        let bytes = try? FileBytes.read("\(folder)/\(name)", atMost: 1 << 20)
        return String(decoding: bytes ?? [], as: UTF8.self)
    }

    /// A page of the documentation, whole.
    static func page(_ name: String) -> String {
        let root = folder.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        let bytes = try? FileBytes.read("\(root)/docs/\(name)", atMost: 1 << 20)
        return String(decoding: bytes ?? [], as: UTF8.self)
    }
}
