/// A C string that outlives every call. libcrypto's parameters keep the pointers to their names, and a Swift String
/// handed to C lives for one call only.
enum CName {
    static func pointer(_ name: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
