import CLinux
import Glibc

/// Keeps keys out of core files and away from other processes of the same user (gate.md 10).
enum Hardening {
    static func apply() {
        _ = postern_forbid_dumps()
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }
}
