import Bytes
import Domain

/// Which of a cluster's slots a bucket belongs to: CRC16 (XMODEM) of its key's hash tag, modulo 16,384 (Redis Cluster
/// Specification, "Key distribution model"). The tag of all our keys is the owner in 32 hex digits (limits.md 7).
enum HashSlot {
    static let count = 16_384

    static func of(_ owner: Digest128) -> Int {
        Int(hex(owner.low, from: hex(owner.high, from: 0))) & (count - 1)
    }

    /// Goes on with the 16 digits of a word.
    private static func hex(_ word: UInt64, from crc: UInt16) -> UInt16 {
        var crc = crc
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: word >> shift) & 0x0F
            crc = step(crc, digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
        return crc
    }

    static func step(_ crc: UInt16, _ byte: UInt8) -> UInt16 {
        (crc << 8) ^ table[Int(UInt8(truncatingIfNeeded: crc >> 8) ^ byte)]
    }

    private static let table: ContiguousArray<UInt16> = {
        var table = ContiguousArray<UInt16>(repeating: 0, count: 256)
        for index in 0..<256 {
            var crc = UInt16(index) << 8
            for _ in 0..<8 { crc = crc & 0x8000 != 0 ? (crc << 1) ^ 0x1021 : crc << 1 }
            table[index] = crc
        }
        return table
    }()
}
