import Glibc

/// Unmaps what only starting needed of the program and its libraries: some ten megabytes of code, most of which the
/// loader, the command line and the configuration's reader ran for the last time.
///
/// The kernel keeps the files in its page cache, so a page that is needed again is mapped again without a read. Only
/// what can be run and not be written to is unmapped: its pages are the files' own, and nothing is lost with them.
enum StartupPages {
    static func release() {
        // A system that does not tell, or a kernel that refuses, leaves things as they are.
        guard let maps = fopen("/proc/self/maps", "r") else { return }
        defer { fclose(maps) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, maps) > 0, let line { release(String(cString: line)) }
    }

    /// - Parameter line: of proc(5), `/proc/pid/maps`: first-last permissions offset device inode path.
    private static func release(_ line: String) {
        let words = line.split(separator: " ")
        guard words.count >= 6, words[1] == "r-xp", words[5].hasPrefix("/") else { return }
        let bounds = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard bounds.count == 2, bounds[0] < bounds[1] else { return }
        _ = madvise(UnsafeMutableRawPointer(bitPattern: bounds[0]), Int(bounds[1] - bounds[0]), Int32(MADV_DONTNEED))
    }
}
