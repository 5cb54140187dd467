import Glibc
import Limits

/// The system's time zones: a folder of compiled files, as zic(8) lays it out.
///
/// Read when a configuration is; the system's updates of it take effect with the next reload.
struct TimeZoneFolder {
    enum Fault: Error, Equatable {
        /// What is asked for could not be a zone's name: `..`, an absolute path, odd bytes.
        case noName
        case unknown, noFolder, countsLeapSeconds, broken
    }

    static let system = TimeZoneFolder(path: "/usr/share/zoneinfo")
    /// The system has some 600.
    private static let namesMax = 4_096
    /// Waiting to be looked into. The system has some 20 in all.
    private static let foldersMax = 64

    let path: String

    func rules(of name: String) throws(Fault) -> TimeZoneRules {
        guard Self.isName(name) else { throw .noName }
        if access(path, R_OK | X_OK) != 0 { throw .noFolder }
        guard let bytes = try? FileBytes.read("\(path)/\(name)", atMost: TZif.bytesMax) else { throw .unknown }
        do throws(TZif.Fault) {
            return try TZif.read(bytes, name: name)
        } catch {
            switch error {
            case .notAZone: throw .unknown
            case .countsLeapSeconds: throw .countsLeapSeconds
            case .tooOld, .broken: throw .broken
            }
        }
    }

    /// Segments of letters, digits, `_`, `+` and `-` between slashes; so no `..`, no `.` and nothing absolute.
    private static func isName(_ name: String) -> Bool {
        name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { segment in
            !segment.isEmpty
                && segment.utf8.allSatisfy {
                    ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x5F || $0 == 0x2B || $0 == 0x2D
                }
        }
    }

    /// The names there are, for advice, without the copies in `posix` and `right`.
    func names() -> [String] {
        var names: [String] = []
        var folders = [""]
        while let folder = folders.popLast(), names.count < Self.namesMax {
            for entry in Self.entries("\(path)/\(folder)") where entry.name.utf8.first != 0x2E {
                let name = folder + entry.name
                if !entry.isFolder {
                    if Self.isName(name) { names.append(name) }
                } else if folders.count < Self.foldersMax, name != "posix", name != "right" {
                    folders.append(name + "/")
                }
            }
        }
        return names.sorted()
    }

    private static func entries(_ path: String) -> [(name: String, isFolder: Bool)] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var entries: [(name: String, isFolder: Bool)] = []
        while entries.count < namesMax, let entry = readdir(folder) {
            let isFolder = entry.pointee.d_type == UInt8(DT_DIR)
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            entries.append((name, isFolder))
        }
        return entries
    }
}
