import Bytes
import Credentials
import Glibc

/// A key store in a file: one record's line after another, of which the last of each id counts. Lines are appended
/// under a lock, each by one write, and the file is replaced whole when most of it is of the past; only its owner may
/// read it. A line that was cut short by a crash is ended by the next writer and is no record.
struct KeyFile: Sendable {
    struct Fault: Error, CustomStringConvertible {
        var description: String

        init(_ description: String) { self.description = description }

        static func system(_ what: String) -> Fault { Fault("\(what): \(String(cString: strerror(errno)))") }
    }

    let path: String

    /// A larger file is no key store: a million records of the largest size.
    static let bytesMax = 1_000_000 * (KeyRecord.bytesMax + 1)
    /// Where the times of last use are kept, by the servers.
    var usePath: String { path + ".used" }

    // === Reading

    /// Which file it is and how long, to see whether it has changed.
    struct Identity: Equatable {
        var device: UInt
        var inode: UInt
        var size: Int
        var seconds: Int
        var nanoseconds: Int
    }

    static func identity(of descriptor: Int32) throws(Fault) -> Identity {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system("cannot be read") }
        return identity(status)
    }

    /// Nil if there is none.
    static func identity(at path: String) throws(Fault) -> Identity? {
        var status = stat()
        if stat(path, &status) == 0 { return identity(status) }
        if errno == ENOENT { return nil }
        throw .system("cannot be read")
    }

    private static func identity(_ status: stat) -> Identity {
        Identity(
            device: UInt(status.st_dev), inode: UInt(status.st_ino), size: Int(status.st_size),
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }

    /// Calls `body` with each whole line from `offset` on.
    ///
    /// - Returns: where the last whole line ends.
    static func read(
        _ descriptor: Int32, from offset: Int, _ body: (borrowing Span<UInt8>) -> Void
    ) throws(Fault) -> Int {
        var (position, end) = (offset, offset)
        var pending: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = pread(descriptor, &chunk, chunk.count, position)
            if count < 0 {
                if errno == EINTR { continue }
                throw .system("cannot be read")
            }
            if count == 0 { return end }
            position += count
            guard position <= bytesMax else { throw Fault("is larger than any key store") }
            pending += chunk[..<count]
            var start = 0
            while let newline = pending[start...].firstIndex(of: 0x0A) {
                if newline > start { body(pending.span.extracting(start..<newline)) }
                end += newline + 1 - start
                start = newline + 1
            }
            pending.removeFirst(start)
            // No record is so long: it is never looked at again.
            guard pending.count <= 2 * KeyRecord.bytesMax else { throw Fault("is no key store: a line has no end") }
        }
    }

    /// Runs `body` with a descriptor to read from.
    func reading<Value>(_ body: (Int32) throws(Fault) -> Value) throws(Fault) -> Value {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("cannot be read") }
        defer { close(descriptor) }
        return try body(descriptor)
    }

    // === Writing

    /// Runs `body` while nobody else writes, with a descriptor of the file that is at `path` then; makes it if need be.
    func locked<Value>(_ body: (Int32) throws(Fault) -> Value) throws(Fault) -> Value {
        while true {
            let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw .system("cannot be written") }
            defer { close(descriptor) }
            while flock(descriptor, LOCK_EX) != 0 {
                guard errno == EINTR else { throw .system("cannot be locked") }
            }
            // Replaced between the two: this one is the past.
            guard let now = try Self.identity(at: path) else { continue }
            let ours = try Self.identity(of: descriptor)
            if now.inode == ours.inode, now.device == ours.device { return try body(descriptor) }
        }
    }

    /// Appends lines by one write each, and waits until they are on the disk.
    func append(_ lines: [[UInt8]], to descriptor: Int32) throws(Fault) {
        let size = try Self.identity(of: descriptor).size
        var last: UInt8 = 0x0A
        if size > 0, pread(descriptor, &last, 1, size - 1) != 1 { throw .system("cannot be read") }
        if last != 0x0A { try Self.write([0x0A], to: descriptor) }
        for line in lines { try Self.write(line + [0x0A], to: descriptor) }
        guard fsync(descriptor) == 0 else { throw .system("cannot be written") }
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32) throws(Fault) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { raw in
                Glibc.write(descriptor, raw.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system("cannot be written") }
            written += count
        }
    }

    /// Puts other contents in the place of the file at `path`, at once: whoever reads sees the one or the other.
    static func replace(_ path: String, with bytes: [UInt8]) throws(Fault) {
        let other = "\(path).\(getpid()).new"
        let descriptor = open(other, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system("cannot be written") }
        defer { close(descriptor) }
        do throws(Fault) {
            try write(bytes, to: descriptor)
            guard fsync(descriptor) == 0, rename(other, path) == 0 else { throw .system("cannot be replaced") }
        } catch {
            unlink(other)
            throw error
        }
    }
}
