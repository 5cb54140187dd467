import Bytes
import Glibc

/// Why an audit log cannot be written, in words for an operator.
public struct AuditError: Error, CustomStringConvertible, Equatable {
    public var description: String

    static func system(_ path: String, _ code: Int32) -> AuditError {
        AuditError(description: "audit file \(path): \(String(cString: strerror(code)))")
    }
}

/// Where the lines go: an open file that no other process writes, or standard output.
///
/// The file is made with mode 0600 and only ever appended to. A symbolic link in its place is refused (the folders
/// above may be links), and so is anything that is neither a file nor a character device.
final class AuditFile {
    enum Outcome: Equatable {
        case wrote(Int)
        /// A pipe whose reader is slow: try again.
        case full
        case failed(Int32)
    }

    let descriptor: Int32
    /// Nil for standard output, which is not reopened and not locked.
    let path: String?
    private let isRegular: Bool
    private let identity: (device: UInt, inode: UInt)
    private var ownsDescriptor: Bool

    /// Lines go to a descriptor that stays open afterwards.
    ///
    /// - Parameter path: what reopening goes on in; nil for standard output.
    init(descriptor: Int32, path: String? = nil) {
        (self.descriptor, self.path, isRegular, identity, ownsDescriptor) = (descriptor, path, false, (0, 0), false)
    }

    /// Opens or makes the file and locks it.
    init(path: String) throws(AuditError) {
        let flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        let opened = open(path, flags, 0o600)
        guard opened >= 0 else {
            if errno == ELOOP {
                throw AuditError(description: "audit file \(path): is a symbolic link; name the file itself")
            }
            throw .system(path, errno)
        }
        var status = stat()
        fstat(opened, &status)
        let type = status.st_mode & S_IFMT
        guard type == S_IFREG || type == S_IFCHR else {
            Glibc.close(opened)
            throw AuditError(description: "audit file \(path): is not a regular file")
        }
        (descriptor, self.path, isRegular, ownsDescriptor) = (opened, path, type == S_IFREG, true)
        identity = (UInt(status.st_dev), UInt(status.st_ino))
    }

    deinit { close() }

    /// Lets go of the descriptor and the lock; nothing may be written afterwards.
    func close() {
        if ownsDescriptor { Glibc.close(descriptor) }
        ownsDescriptor = false
    }

    /// Claims the file for this process: a chain has one writer. The claim ends with the file's last reference.
    func lock() throws(AuditError) {
        guard isRegular, let path else { return }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            if errno == EWOULDBLOCK {
                throw AuditError(description: "audit file \(path): another process is writing it")
            }
            throw .system(path, errno)
        }
    }

    /// Whether both are the same file, whatever their names are by now.
    func isSame(as other: AuditFile) -> Bool { path != nil && other.path != nil && identity == other.identity }

    var isEmpty: Bool {
        var status = stat()
        return fstat(descriptor, &status) != 0 || status.st_size == 0
    }

    /// Appends some of `bytes`; a part may be written and the rest not.
    func write(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        while true {
            let count = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            if count >= 0 { return .wrote(count) }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .full : .failed(errno)
        }
    }

    /// Returns when `full` may be over, or after `milliseconds`.
    func awaitRoom(milliseconds: Int32) {
        var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&room, 1, milliseconds)
    }

    /// Waits until the disk has it. Done when a file is left for good, and not for each record: what a crash of the
    /// machine may take is said in docs/audit.md.
    func synchronize() { if isRegular { fdatasync(descriptor) } }
}

extension AuditFile {
    /// How far back from the end the last line is looked for.
    static let tailBytesMax = 1 << 20

    /// What a file that already has lines ends with.
    struct Tail {
        var place = AuditChain.Place()
        /// Bytes after the last whole line: what a crash left there.
        var torn: [UInt8] = []
        /// The file's last byte is no line feed.
        var needsLineFeed = false
    }

    /// Reads the end of the file. A file that holds something but no audit line near its end is not continued: its path
    /// is probably a mistake.
    func tail() throws(AuditError) -> Tail {
        guard isRegular, let path else { return Tail() }
        var status = stat()
        fstat(descriptor, &status)
        let size = Int(status.st_size)
        guard size > 0 else { return Tail() }
        let bytes = try read(path, from: max(0, size - AuditFile.tailBytesMax), upTo: size)
        guard let tail = AuditFile.tail(of: bytes) else {
            throw AuditError(
                description: "audit file \(path): holds something else than an audit log; move it away")
        }
        return tail
    }

    private func read(_ path: String, from start: Int, upTo end: Int) throws(AuditError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: end - start)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress! + filled, $0.count - filled, off_t(start + filled))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system(path, count < 0 ? errno : EIO) }
            filled += count
        }
        return bytes
    }

    /// Nil if no line is among `bytes`. A last line that lacks nothing but its line feed is a whole one.
    static func tail(of bytes: [UInt8]) -> Tail? {
        var end = bytes.count
        if bytes.last == 0x0A { end -= 1 }
        while true {
            let start = (bytes[..<end].lastIndex(of: 0x0A) ?? -1) + 1
            if let line = AuditLine(bytes.span.extracting(start..<end)) {
                let rest = bytes[min(end + 1, bytes.count)...]
                return Tail(
                    place: AuditChain.Place(sequence: line.sequence, head: line.mac), torn: Array(rest),
                    needsLineFeed: bytes.last != 0x0A)
            }
            guard start > 0 else { return beginning(bytes) }
            end = start - 1
        }
    }

    /// A file whose very first line was torn has nothing to link to; its beginning still says whose it is.
    private static func beginning(_ bytes: [UInt8]) -> Tail? {
        let first = Array("{\"seq\":".utf8)
        guard bytes.count <= AuditLine.bytesMax, bytes.starts(with: first) || first.starts(with: bytes) else {
            return nil
        }
        return Tail(torn: bytes, needsLineFeed: bytes.last != 0x0A)
    }
}
