import Glibc

/// Small files, read whole with a bound. Configuration and secrets are read at start and at reload, on no event loop,
/// so blocking is fine; Foundation is not linked for it.
package enum FileBytes {
    package enum Fault: Error, Equatable {
        /// In the system's words, such as "No such file or directory".
        case system(String)
        case tooLarge
    }

    package static func read(_ path: String, atMost limit: Int) throws(Fault) -> [UInt8] {
        let descriptor = try open(path)
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw .system(String(cString: strerror(errno))) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            if bytes.count > limit { throw .tooLarge }
        }
    }

    /// Nil if the file can be opened for reading.
    static func fault(_ path: String) -> Fault? {
        do throws(Fault) {
            close(try open(path))
            return nil
        } catch {
            return error
        }
    }

    /// Whether there is something under this name, readable or not.
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The folder a file is in: what is before its last `/`, and `.` for a bare name.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func open(_ path: String) throws(Fault) -> Int32 {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw .system(String(cString: strerror(errno))) }
        return descriptor
    }
}
