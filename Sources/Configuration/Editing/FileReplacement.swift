import Glibc

/// Puts new bytes in a file's place at once: whoever reads it sees the old ones or the new ones, and so does the disk
/// after a crash. Mode and owner stay, and links are followed. Access lists and hard links are not kept.
public struct FileReplacement {
    /// In words that follow the file's name.
    public struct Fault: Error, Equatable, Sendable {
        public var reason: String
    }

    /// The file behind all links.
    public let path: String
    public let bytes: [UInt8]
    private let status: stat

    /// Reads the file as it is now; `replace` refuses if it is another one by then.
    public init(reading path: String) throws(Fault) {
        guard let real = realpath(path, nil) else { throw Self.systemFault("cannot be read") }
        defer { free(real) }
        self.path = String(cString: real)
        var status = stat()
        guard stat(self.path, &status) == 0 else { throw Self.systemFault("cannot be read") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Fault(reason: "is no regular file") }
        self.status = status
        do throws(FileBytes.Fault) {
            bytes = try FileBytes.read(self.path, atMost: YAMLSource.maxBytes)
        } catch {
            throw Fault(reason: SettingsDecoder.words(for: error, atMost: YAMLSource.maxBytes))
        }
    }

    public func replace(with new: [UInt8]) throws(Fault) {
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        var template = Array("\(folder)/.postern-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw Self.systemFault("cannot be replaced in its folder") }
        do throws(Fault) {
            defer { close(descriptor) }
            try fill(descriptor, with: new)
            try checkUnchanged()
            guard rename(template, path) == 0 else { throw Self.systemFault("cannot be replaced") }
        } catch {
            unlink(template)
            throw error
        }
        // The new name is on the disk once its folder is. A folder that cannot be opened for it loses no bytes.
        let entries = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if entries >= 0 {
            fsync(entries)
            close(entries)
        }
    }

    private func fill(_ descriptor: Int32, with new: [UInt8]) throws(Fault) {
        var rest = new[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.systemFault("cannot be written") }
            rest = rest.dropFirst(count)
        }
        var made = stat()
        guard fstat(descriptor, &made) == 0 else { throw Self.systemFault("cannot be written") }
        // The owner first: changing it takes bits of the mode away.
        if made.st_uid != status.st_uid || made.st_gid != status.st_gid {
            guard fchown(descriptor, status.st_uid, status.st_gid) == 0 else {
                throw Self.systemFault("belongs to somebody else, which would be lost")
            }
        }
        guard fchmod(descriptor, status.st_mode & 0o7777) == 0, fsync(descriptor) == 0 else {
            throw Self.systemFault("cannot be written")
        }
    }

    private func checkUnchanged() throws(Fault) {
        var now = stat()
        let isSame =
            stat(path, &now) == 0 && now.st_dev == status.st_dev && now.st_ino == status.st_ino
            && now.st_size == status.st_size && now.st_mtim.tv_sec == status.st_mtim.tv_sec
            && now.st_mtim.tv_nsec == status.st_mtim.tv_nsec
        if !isSame { throw Fault(reason: "was changed by somebody else meanwhile") }
    }

    private static func systemFault(_ words: String) -> Fault {
        Fault(reason: "\(words): \(String(cString: strerror(errno)))")
    }
}
