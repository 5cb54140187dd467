/// The server's side of RESP2: bytes in any pieces to commands. Independent of hiredis and of the code under test.
struct CommandParser {
    private var bytes: [UInt8] = []
    private var position = 0

    mutating func feed(_ more: some Sequence<UInt8>) {
        if position > 0 {
            bytes.removeFirst(position)
            position = 0
        }
        bytes.append(contentsOf: more)
    }

    /// The next whole command, if it is here.
    mutating func next() -> [[UInt8]]? {
        var at = position
        guard let count = number(0x2A, &at) else { return nil }
        var arguments: [[UInt8]] = []
        for _ in 0..<count {
            guard let length = number(0x24, &at), at + length + 2 <= bytes.count else { return nil }
            arguments.append(Array(bytes[at..<(at + length)]))
            at += length + 2
        }
        position = at
        return arguments
    }

    private func number(_ mark: UInt8, _ at: inout Int) -> Int? {
        guard at < bytes.count, let end = bytes[at...].firstIndex(of: 13), end + 1 < bytes.count else { return nil }
        precondition(bytes[at] == mark, "not a RESP array of bulk strings")
        var value = 0
        for byte in bytes[(at + 1)..<end] { value = value * 10 + Int(byte - 0x30) }
        at = end + 2
        return value
    }
}

/// The shapes of MessagePack that the script's argument is packed in.
enum Packed {
    case number(Int64)
    case text([UInt8])

    /// One list, and nothing after it.
    static func list(_ bytes: [UInt8]) -> [Packed] {
        precondition(bytes.count >= 3 && bytes[0] == 0xDC, "not a list of MessagePack")
        let count = Int(bytes[1]) << 8 | Int(bytes[2])
        var (items, at) = ([Packed](), 3)
        items.reserveCapacity(count)
        while at < bytes.count { items.append(item(bytes, &at)) }
        precondition(items.count == count, "a list of \(count) that holds \(items.count)")
        return items
    }

    private static func item(_ bytes: [UInt8], _ at: inout Int) -> Packed {
        let mark = bytes[at]
        at += 1
        switch mark {
        case 0x00...0x7F: return .number(Int64(mark))
        case 0xE0...0xFF: return .number(Int64(Int8(bitPattern: mark)))
        case 0xCD: return .number(integer(bytes, &at, 2))
        case 0xCF: return .number(integer(bytes, &at, 8))
        case 0xD3: return .number(integer(bytes, &at, 8))
        case 0xD9:
            let length = Int(bytes[at])
            defer { at += 1 + length }
            return .text(Array(bytes[(at + 1)..<(at + 1 + length)]))
        default: preconditionFailure("MessagePack 0x\(String(mark, radix: 16))")
        }
    }

    private static func integer(_ bytes: [UInt8], _ at: inout Int, _ count: Int) -> Int64 {
        var value: UInt64 = 0
        for byte in bytes[at..<(at + count)] { value = value << 8 | UInt64(byte) }
        at += count
        return Int64(bitPattern: value)
    }
}

/// Replies as they go out.
enum Reply {
    case status(String)
    case error(String)
    case bulk(String)
    case integers([Int64])
    indirect case list([Reply])
    case null

    var bytes: String {
        switch self {
        case .status(let text): "+\(text)\r\n"
        case .error(let text): "-\(text)\r\n"
        case .bulk(let text): "$\(text.utf8.count)\r\n\(text)\r\n"
        case .integers(let values): "*\(values.count)\r\n" + values.map { ":\($0)\r\n" }.joined()
        case .list(let items): "*\(items.count)\r\n" + items.map(\.bytes).joined()
        case .null: "$-1\r\n"
        }
    }
}
