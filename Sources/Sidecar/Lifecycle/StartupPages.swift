import CLinux
import Glibc

/// Unmaps what only starting needed of the program and its libraries: some fifteen megabytes of code and constants,
/// most of which the loader, the command line and the configuration's reader touched for the last time.
///
/// The kernel keeps the files in its page cache, so a page that is needed again is mapped again without a read. Only
/// segments that nobody can write to are unmapped: their pages are the files' own, and nothing is lost with them.
enum StartupPages {
    static func release() {
        _ = dl_iterate_phdr(
            { object, _, _ in
                guard let object = object?.pointee, let headers = object.dlpi_phdr else { return 0 }
                for index in 0..<Int(object.dlpi_phnum) { StartupPages.release(headers[index], object.dlpi_addr) }
                return 0
            }, nil)
    }

    private static func release(_ segment: Elf64_Phdr, _ base: Elf64_Addr) {
        guard segment.p_type == UInt32(PT_LOAD), segment.p_flags & UInt32(PF_W) == 0 else { return }
        // What a loader maps ends with a whole page, and begins with one.
        let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
        let start = UInt(base + segment.p_vaddr) & ~(page - 1)
        let end = (UInt(base + segment.p_vaddr + segment.p_memsz) + page - 1) & ~(page - 1)
        // A kernel that refuses leaves things as they are.
        _ = madvise(UnsafeMutableRawPointer(bitPattern: start), Int(end - start), Int32(MADV_DONTNEED))
    }
}
