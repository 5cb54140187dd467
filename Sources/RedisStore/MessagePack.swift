/// Writes the few shapes of MessagePack that `spend.lua` unpacks: one list of whole numbers and short strings.
///
/// One packed argument costs Redis a fraction of what as many arguments do: each of those would become an object, a
/// Lua string and a `tonumber`.
struct MessagePack {
    private(set) var bytes: ContiguousArray<UInt8> = []

    /// - Parameter count: how many elements follow, at most 65,535.
    mutating func begin(count: Int) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(0xDC)
        append(UInt16(count))
    }

    /// −32 … 2^53: what a Lua number holds exactly, in the shortest form there is.
    mutating func write(_ value: Int64) {
        switch value {
        case -32..<128: bytes.append(UInt8(truncatingIfNeeded: value))
        case 128..<65_536:
            bytes.append(0xCD)
            append(UInt16(value))
        default:
            bytes.append(0xCF)
            append(UInt64(value))
        }
    }

    /// At most 255 bytes.
    mutating func write(_ text: ContiguousArray<UInt8>) {
        bytes.append(0xD9)
        bytes.append(UInt8(text.count))
        bytes.append(contentsOf: text)
    }

    private mutating func append(_ value: some FixedWidthInteger & UnsignedInteger) {
        var shift = value.bitWidth
        while shift > 0 {
            shift -= 8
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
