import Bytes

/// Turns bodies into lines, each sealed over the one before.
///
/// Where a line did not reach the file it can be taken back, and the chain goes on from the last one that did.
struct AuditChain: ~Copyable {
    /// Where a chain stands: after the line numbered `sequence`.
    struct Place: Equatable {
        var sequence: UInt64 = 0
        var head = Digest256.genesis
    }

    private(set) var place: Place
    private let seal: AuditSeal

    init(after place: Place, key: [UInt8]?) {
        self.place = place
        seal = AuditSeal(key: key)
    }

    var keyID: UInt64 { seal.keyID }

    /// Writes the line of `body` to `lines`, with its line feed.
    ///
    /// - Parameter body: JSON members beginning with `"kind"`, without a line feed.
    mutating func append(_ body: borrowing Span<UInt8>, to lines: inout ByteWriter) {
        let start = lines.count
        place.sequence += 1
        lines.write("{\"seq\":")
        lines.write(decimal: place.sequence)
        lines.write(",")
        lines.write(body)
        place.head = seal.head(after: place.head, lines.bytes.span.extracting(start...))
        lines.write(",\"mac\":\"")
        lines.write(hex: place.head)
        lines.write("\"}\n")
    }

    /// As if nothing after `place` had been appended.
    mutating func rewind(to place: Place) { self.place = place }

    func digest(_ bytes: borrowing Span<UInt8>) -> Digest256 { seal.digest(bytes) }
}
