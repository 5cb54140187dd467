import Bytes

/// Which roots of the trie a host name opens: its exact name, and `*.` patterns for every domain above it.
struct HostTable: Sendable {
    private var names = SegmentTable()
    /// Keeps `example.com` and `*.example.com` apart in one table.
    private static let exact: UInt32 = 0
    private static let below: UInt32 = 1
    private(set) var isEmpty = true

    /// Hosts longer than this open no root: RFC 1035 section 2.3.4 allows 255 octets.
    static let nameMax = 255

    /// The root for `host`, which is `fresh` if it has none yet.
    mutating func root(for host: String, orElse fresh: UInt32) -> UInt32 {
        let isWildcard = host.hasPrefix("*.")
        let name = [UInt8]((isWildcard ? String(host.dropFirst(2)) : host).utf8).map(ASCII.lowercased)
        let kind = isWildcard ? HostTable.below : HostTable.exact
        if let known = names.child(of: kind, name.span) { return known }
        names.insert(kind, name, child: fresh)
        isEmpty = false
        return fresh
    }

    /// The roots that `host` opens, at most `labelsMax`. The port and a final dot are ignored; case is folded.
    func roots(of host: borrowing Span<UInt8>) -> Found {
        var folded = InlineArray<255, UInt8>(repeating: 0)
        var found = Found()
        var count = host.count
        if let colon = host.firstIndex(of: 0x3A), host[0] != 0x5B { count = colon }
        if count > 0, host[count - 1] == 0x2E { count -= 1 }
        guard count > 0, count <= HostTable.nameMax else { return found }
        for index in 0..<count { folded[index] = ASCII.lowercased(host[index]) }
        let name = folded.span.extracting(0..<count)
        if let root = names.child(of: HostTable.exact, name) { found.append(root) }
        for index in 1..<count where name[index - 1] == 0x2E {
            if let root = names.child(of: HostTable.below, name.extracting(index..<count)) { found.append(root) }
        }
        return found
    }

    /// A host has at most 127 labels (RFC 1035), so at most that many domains above it, and itself.
    struct Found {
        private(set) var roots = InlineArray<128, UInt32>(repeating: 0)
        private(set) var count = 0

        mutating func append(_ root: UInt32) {
            guard count < 128 else { return }
            roots[count] = root
            count += 1
        }
    }
}
