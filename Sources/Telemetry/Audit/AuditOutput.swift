import Bytes
import Glibc

/// Lines that are sealed and not all in the file yet, with the chain they belong to.
///
/// A disk may take half a line. The rest is kept and written when it can be; if the file is given up meanwhile, the
/// lines that did not get there whole are taken back, to be sealed anew for the next file.
struct AuditOutput: ~Copyable {
    private struct Mark {
        /// Where the line ends in `lines`.
        var end: Int
        /// Where the body after this line's begins, among the caller's bodies.
        var source: Int
        var place: AuditChain.Place
    }

    var chain: AuditChain
    private var lines: ByteWriter
    private var written = 0
    private var marks: ContiguousArray<Mark> = []
    /// Where the chain and the caller's bodies stood before `lines`.
    private var base: AuditChain.Place
    private var baseSource = 0
    /// Of this process.
    private(set) var linesWritten: UInt64 = 0
    private(set) var bytesWritten: UInt64 = 0

    init(chain: consuming AuditChain, reserving capacity: Int) {
        base = chain.place
        self.chain = chain
        lines = ByteWriter(reserving: capacity)
    }

    var isWritten: Bool { written == lines.count }
    var count: Int { lines.count }

    /// The last line that is in the file, whole.
    var place: AuditChain.Place { isWritten ? chain.place : lastWhole?.place ?? base }

    private var lastWhole: Mark? {
        let written = written
        return marks.last { $0.end <= written }
    }

    /// Seals a line.
    ///
    /// - Parameter source: where among the caller's bodies this one lies; empty for a line of our own.
    mutating func append(_ body: borrowing Span<UInt8>, from source: Range<Int>) {
        if marks.isEmpty { baseSource = source.lowerBound }
        chain.append(body, to: &lines)
        marks.append(Mark(end: lines.count, source: source.upperBound, place: chain.place))
    }

    /// Ends a line that a crash left without its end.
    mutating func appendLineFeed() { lines.write(0x0A) }

    /// Writes until everything is, or the file takes no more.
    ///
    /// - Returns: nil when everything is written.
    mutating func write(to file: AuditFile) -> AuditFile.Outcome? {
        while !isWritten {
            let start = written
            let outcome = lines.bytes.withUnsafeBytes { file.write(UnsafeRawBufferPointer(rebasing: $0[start...])) }
            guard case .wrote(let count) = outcome else { return outcome }
            guard count > 0 else { return .full }
            written += count
            bytesWritten += UInt64(count)
        }
        linesWritten += UInt64(marks.count)
        clear()
        return nil
    }

    /// Forgets the lines that are not in the file whole.
    ///
    /// - Returns: where the first of their bodies begins.
    mutating func takeBack() -> Int {
        let (last, end) = (lastWhole, written)
        let source = last?.source ?? baseSource
        linesWritten += UInt64(marks.count { $0.end <= end })
        chain.rewind(to: last?.place ?? base)
        clear()
        return source
    }

    private mutating func clear() {
        lines.clear()
        marks.removeAll(keepingCapacity: true)
        written = 0
        base = chain.place
    }
}
