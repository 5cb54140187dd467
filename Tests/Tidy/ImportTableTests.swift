import Testing

/// ARCHITECTURE.md's import table, held.
@Suite struct ImportTableTests {
    private static let system: Set<String> = ["Glibc", "Synchronization"]

    /// What each room may import besides the standard library. Pure rooms (invariant 1) list no system module.
    static let table: [String: Set<String>] = {
        let pure: Set<String> = ["Bytes", "Domain"]
        let outer = pure.union(["HTTPWire", "Credentials", "Policy", "Limits"])
        return [
            "Bytes": [],
            "Domain": ["Bytes"],
            "Sockets": Set(["CLinux", "NIOCore", "NIOPosix", "Dispatch"]).union(system),
            "HTTPWire": pure,
            // The one room that knows libcrypto.
            "Credentials": pure.union(["CLibcrypto"]),
            "Policy": pure,
            // calloc, whose pages are touched only when used: BucketTable says why.
            "Limits": pure.union(["Glibc"]),
            "RedisStore": pure.union(["Limits", "Sockets", "CHiredis", "NIOCore", "NIOPosix", "NIOSSL"]).union(system),
            "Outbound": pure.union(["Credentials", "CLibcurl"]).union(system),
            "Telemetry": pure.union(["Credentials", "Logging"]).union(system),
            "Configuration": pure.union(["Credentials", "Policy", "Limits", "CLibYAML"]).union(system),
            "Sidecar": outer.union([
                "Sockets", "RedisStore", "Outbound", "Telemetry", "Configuration", "CLinux", "NIOCore", "NIOPosix",
                "NIOHTTP1",
                "NIOSSL",
                "Logging",
            ]).union(system),
            "postern": ["Sidecar", "Configuration", "Telemetry", "ArgumentParser", "Logging", "Glibc"],
        ]
    }()

    @Test func everyRoomIsInTheTable() {
        #expect(Set(SourceTree.rooms) == Set(Self.table.keys))
    }

    @Test(arguments: table.keys.sorted())
    func importsNothingElse(_ room: String) {
        let allowed = Self.table[room] ?? []
        for file in SourceTree.files(under: "Sources/\(room)") {
            for (number, line) in file.lines.enumerated() {
                guard let module = Self.importedModule(line) else { continue }
                #expect(allowed.contains(module), "\(file.path):\(number + 1) imports \(module)")
            }
        }
    }

    /// `import X`, with any access level, attribute or kind before the name.
    private static func importedModule(_ line: Substring) -> String? {
        let words = line.split(separator: " ")
        guard let position = words.firstIndex(of: "import"), position <= 2, position + 1 < words.count else {
            return nil
        }
        guard
            words[..<position].allSatisfy({
                ["public", "package", "internal", "private"].contains($0) || $0.hasPrefix("@")
            })
        else { return nil }
        return String(words[words.endIndex - 1].split(separator: ".")[0])
    }
}
