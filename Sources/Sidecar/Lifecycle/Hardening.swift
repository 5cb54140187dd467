import Glibc

/// Keeps keys out of core files and away from other processes of the same user (gate.md 10).
enum Hardening {
    private static let prSetDumpable: Int32 = 4

    static func apply() {
        _ = prctl(prSetDumpable, 0, 0, 0, 0)
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }
}
