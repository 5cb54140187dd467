import CLinux
import Glibc

/// Unmaps what only starting needed of the program: some ten megabytes of code and constants, most of which the loader,
/// the command line and the configuration's reader touched for the last time.
///
/// The kernel keeps the file in its page cache, so a page that is needed again is mapped again without a read. Only
/// segments that nobody can write to are unmapped: their pages are the file's own, and nothing is lost with them.
enum StartupPages {
    static func release() {
        // Where the kernel says that the program's own segments are described.
        guard let table = UnsafePointer<Elf64_Phdr>(bitPattern: UInt(getauxval(UInt(AT_PHDR)))) else { return }
        let segments = UnsafeBufferPointer(start: table, count: Int(getauxval(UInt(AT_PHNUM))))
        guard let own = segments.first(where: { $0.p_type == UInt32(PT_PHDR) }) else { return }
        let base = UInt(bitPattern: table) &- UInt(own.p_vaddr)
        for segment in segments where segment.p_type == UInt32(PT_LOAD) && segment.p_flags & UInt32(PF_W) == 0 {
            unmap(from: base &+ UInt(segment.p_vaddr), to: base &+ UInt(segment.p_vaddr &+ segment.p_memsz))
        }
    }

    /// The whole pages only: the last may be shared with a segment that can be written to.
    private static func unmap(from start: UInt, to end: UInt) {
        let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
        let (first, last) = ((start &+ page &- 1) & ~(page &- 1), end & ~(page &- 1))
        guard first < last else { return }
        // A kernel that refuses leaves things as they are.
        _ = madvise(UnsafeMutableRawPointer(bitPattern: first), Int(last &- first), Int32(MADV_DONTNEED))
    }
}
