import Bytes

/// Writes the few shapes of MessagePack that `spend.lua` unpacks: one list of whole numbers and short strings.
///
/// One packed argument costs Redis a fraction of what as many arguments do: each of those would become an object, a
/// Lua string and a `tonumber`.
extension ByteWriter {
    /// - Parameter count: how many elements follow, at most 65,535.
    mutating func write(packedListOf count: Int) {
        write(0xDC)
        write(bigEndian: UInt16(count))
    }

    /// −32 … 2^53: what a Lua number holds exactly, in the shortest form there is.
    mutating func write(packed value: Int64) {
        switch value {
        case -32..<128: write(UInt8(truncatingIfNeeded: value))
        case 128..<65_536:
            write(0xCD)
            write(bigEndian: UInt16(value))
        default:
            write(0xCF)
            write(bigEndian: UInt64(value))
        }
    }

    /// At most 255 bytes.
    mutating func write(packed text: borrowing ByteWriter) {
        write(0xD9)
        write(UInt8(text.count))
        write(text)
    }

    private mutating func write(bigEndian value: some FixedWidthInteger & UnsignedInteger) {
        var shift = value.bitWidth
        while shift > 0 {
            shift -= 8
            write(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
