/// Strict JSON (RFC 8259) for documents that strangers write: one value and nothing after it, every member name once
/// (after its escapes are read), valid UTF-8, no lone surrogate, no byte-order mark, bounded nesting.
///
/// It does not bound the document's length: whoever reads the bytes does. Memory and time are linear in it.
public enum JSONParser {
    /// Arrays and objects inside each other, the outermost counted.
    public static let nestingMax = 32

    public static func parse(
        _ bytes: borrowing Span<UInt8>, depthMax: Int = nestingMax
    ) throws(JSONFault) -> JSONValue {
        var position = 0
        let value = try value(bytes, &position, room: depthMax)
        skipSpace(bytes, &position)
        guard position == bytes.count else { throw JSONFault(.trailingBytes, at: position) }
        return value
    }

    /// - Parameter room: how many more containers may open.
    private static func value(
        _ bytes: borrowing Span<UInt8>, _ position: inout Int, room: Int
    ) throws(JSONFault) -> JSONValue {
        skipSpace(bytes, &position)
        guard position < bytes.count else { throw JSONFault(.unexpectedEnd, at: position) }
        switch bytes[position] {
        case 0x22: return .string(try string(bytes, &position))
        case 0x7B: return .object(try object(bytes, &position, room: room))
        case 0x5B: return .array(try array(bytes, &position, room: room))
        case 0x2D, 0x30...0x39: return .number(try number(bytes, &position))
        case 0x74: return try literal("true", .bool(true), bytes, &position)
        case 0x66: return try literal("false", .bool(false), bytes, &position)
        case 0x6E: return try literal("null", .null, bytes, &position)
        default: throw JSONFault(.unexpectedByte, at: position)
        }
    }

    private static func object(
        _ bytes: borrowing Span<UInt8>, _ position: inout Int, room: Int
    ) throws(JSONFault) -> JSONObject {
        guard room > 0 else { throw JSONFault(.tooDeep, at: position) }
        position += 1
        var members: [JSONObject.Member] = []
        if try closes(bytes, &position, with: 0x7D) { return JSONObject(parsed: members) }
        members.reserveCapacity(8)
        repeat {
            skipSpace(bytes, &position)
            try expect(0x22, bytes, position)
            let start = position
            let key = try string(bytes, &position)
            if members.count <= pairwiseMax, members.contains(where: { $0.key.isExactly(key) }) {
                throw JSONFault(.duplicateMember, at: start)
            }
            skipSpace(bytes, &position)
            try expect(0x3A, bytes, position)
            position += 1
            members.append(JSONObject.Member(key: key, value: try value(bytes, &position, room: room - 1)))
        } while try continues(bytes, &position, until: 0x7D)
        guard members.count <= pairwiseMax || areDistinct(members) else {
            throw JSONFault(.duplicateMember, at: position)
        }
        return JSONObject(parsed: members)
    }

    /// Up to here every name is compared with every other; beyond, a set keeps a flood of names from costing their
    /// square.
    private static let pairwiseMax = 16

    private static func areDistinct(_ members: [JSONObject.Member]) -> Bool {
        var seen = Set<[UInt8]>(minimumCapacity: members.count)
        return members.allSatisfy { seen.insert([UInt8]($0.key.utf8)).inserted }
    }

    private static func array(
        _ bytes: borrowing Span<UInt8>, _ position: inout Int, room: Int
    ) throws(JSONFault) -> [JSONValue] {
        guard room > 0 else { throw JSONFault(.tooDeep, at: position) }
        position += 1
        var elements: [JSONValue] = []
        if try closes(bytes, &position, with: 0x5D) { return elements }
        repeat {
            elements.append(try value(bytes, &position, room: room - 1))
        } while try continues(bytes, &position, until: 0x5D)
        return elements
    }

    /// Whether the container ends before its first element.
    private static func closes(
        _ bytes: borrowing Span<UInt8>, _ position: inout Int, with close: UInt8
    ) throws(JSONFault) -> Bool {
        skipSpace(bytes, &position)
        guard position < bytes.count else { throw JSONFault(.unexpectedEnd, at: position) }
        guard bytes[position] == close else { return false }
        position += 1
        return true
    }

    /// Past a comma true, past `close` false.
    private static func continues(
        _ bytes: borrowing Span<UInt8>, _ position: inout Int, until close: UInt8
    ) throws(JSONFault) -> Bool {
        skipSpace(bytes, &position)
        guard position < bytes.count else { throw JSONFault(.unexpectedEnd, at: position) }
        let byte = bytes[position]
        guard byte == 0x2C || byte == close else { throw JSONFault(.unexpectedByte, at: position) }
        position += 1
        return byte == 0x2C
    }

    private static func literal(
        _ word: StaticString, _ value: JSONValue, _ bytes: borrowing Span<UInt8>, _ position: inout Int
    ) throws(JSONFault) -> JSONValue {
        guard bytes.extracting(position..<bytes.count).starts(with: word) else {
            throw JSONFault(.unexpectedByte, at: position)
        }
        position += word.utf8CodeUnitCount
        return value
    }

    static func expect(_ byte: UInt8, _ bytes: borrowing Span<UInt8>, _ position: Int) throws(JSONFault) {
        guard position < bytes.count else { throw JSONFault(.unexpectedEnd, at: position) }
        guard bytes[position] == byte else { throw JSONFault(.unexpectedByte, at: position) }
    }

    private static func skipSpace(_ bytes: borrowing Span<UInt8>, _ position: inout Int) {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position &+= 1
            default: return
            }
        }
    }
}
