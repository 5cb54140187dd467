import Bytes
import Glibc

@testable import Limits

/// The files in `Tests/Limits/Calendar/Zones`, which `vectors.py` there writes.
enum ZoneFiles {
    /// TZif bytes by name.
    static let zones: [(name: String, bytes: [UInt8])] = lines(of: "zones.txt").map { fields in
        (fields[0], decoded(fields[1]))
    }

    /// Lines of fields with single spaces between them.
    static func lines(of file: String) -> [[String]] {
        let folder = String(#filePath).split(separator: "/", omittingEmptySubsequences: false).dropLast()
        guard let stream = fopen(folder.joined(separator: "/") + "/Zones/\(file)", "r") else { return [] }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, stream), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
            line.split(separator: " ").map(String.init)
        }
    }

    /// Base64 with padding.
    private static func decoded(_ text: String) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var bytes: [UInt8] = []
        var (bits, count) = (0, 0)
        for byte in text.utf8 where byte != 0x3D {
            bits = (bits << 6 | (alphabet.firstIndex(of: byte) ?? 0)) & 0xFFFF
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        return bytes
    }
}

/// A zone's file, byte for byte, for what no real zone has in it.
struct ZoneFile {
    var version = UInt8(ascii: "2")
    var times: [(instant: Int64, type: UInt8)] = []
    var offsets: [Int32] = [0]
    var leaps = 0
    var footer = "UTC0"

    /// An empty 32-bit part, as slim files have it, and the 64-bit part.
    var bytes: [UInt8] {
        var bytes = header(times: 0, types: 1, names: 1, leaps: 0)
        bytes += [0, 0, 0, 0, 0, 0, 0]
        bytes += header(times: times.count, types: offsets.count, names: 1, leaps: leaps)
        for time in times { bytes += bigEndian(UInt64(bitPattern: time.instant), 8) }
        bytes += times.map(\.type)
        for offset in offsets { bytes += bigEndian(UInt64(UInt32(bitPattern: offset)), 4) + [0, 0] }
        bytes += [0] + [UInt8](repeating: 0, count: leaps * 12)
        return bytes + [0x0A] + Array(footer.utf8) + [0x0A]
    }

    private func header(times: Int, types: Int, names: Int, leaps: Int) -> [UInt8] {
        let counts = [0, 0, leaps, times, types, names]
        return Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15)
            + counts.flatMap { bigEndian(UInt64($0), 4) }
    }

    private func bigEndian(_ value: UInt64, _ width: Int) -> [UInt8] {
        (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
    }
}
