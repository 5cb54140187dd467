import Bytes

/// What a file, and a process that continues one, begins with: who writes, and which line came before. By `prev`, files
/// that were rotated apart are put together again.
struct AuditOpening: Equatable {
    /// RFC 3339; only for putting files into order.
    var time: String
    /// The head after the line before, wherever that line is; zeros where there is none.
    var previous: Digest256
    /// Differs from one start of the process to the next.
    var boot: Digest128
    /// 0: the chain is SHA-256 without a key. See `AuditSeal.keyID`.
    var keyID: UInt64
    /// What a crash left at the end of the file before this line: its length, and its SHA-256 so that it can not be
    /// exchanged for something else.
    var torn: (count: Int, digest: Digest256)?
    /// As JSON text between its quotes.
    var replica: String

    static func == (left: AuditOpening, right: AuditOpening) -> Bool {
        left.time == right.time && left.previous == right.previous && left.boot == right.boot
            && left.keyID == right.keyID && left.torn?.count == right.torn?.count
            && left.torn?.digest == right.torn?.digest && left.replica == right.replica
    }
}

extension AuditOpening {
    /// The members of the line's body, in the one order they are read in.
    func write(to writer: inout ByteWriter) {
        writer.write("\"kind\":\"open\",\"time\":\"")
        writer.write(text: time)
        writer.write("\",\"prev\":\"")
        writer.write(hex: previous)
        writer.write("\",\"boot\":\"")
        boot.writeHex(to: &writer)
        if keyID == 0 {
            writer.write("\",\"chain\":\"sha256\"")
        } else {
            writer.write("\",\"chain\":\"hmac-sha256\",\"key\":\"")
            writer.write(hex: keyID)
            writer.write("\"")
        }
        if let torn {
            writer.write(",\"torn_bytes\":")
            writer.write(decimal: Int64(torn.count))
            writer.write(",\"torn_sha256\":\"")
            writer.write(hex: torn.digest)
            writer.write("\"")
        }
        writer.write(",\"replica\":\"")
        writer.write(text: replica)
        writer.write("\"\n")
    }

    /// - Parameter bytes: the line that `line` was read from.
    init?(_ line: AuditLine, _ bytes: borrowing Span<UInt8>) {
        var scanner = AuditScanner(position: line.members)
        guard line.kind == .open, scanner.skip(",\"time\":\"", in: bytes), let time = scanner.word(in: bytes),
            scanner.skip(",\"prev\":\"", in: bytes), let previous = scanner.digest(in: bytes),
            scanner.skip("\",\"boot\":\"", in: bytes), let boot = scanner.word(in: bytes),
            let boot = AuditOpening.boot(boot), scanner.skip(",\"chain\":\"", in: bytes),
            let chain = scanner.word(in: bytes)
        else { return nil }
        (self.time, self.previous, self.boot, keyID) = (time, previous, boot, 0)
        if chain == "hmac-sha256" {
            guard scanner.skip(",\"key\":\"", in: bytes), let word = scanner.word(in: bytes),
                let keyID = UInt64(word, radix: 16), keyID != 0
            else { return nil }
            self.keyID = keyID
        } else if chain != "sha256" {
            return nil
        }
        if scanner.skip(",\"torn_bytes\":", in: bytes) {
            guard let count = scanner.number(in: bytes), scanner.skip(",\"torn_sha256\":\"", in: bytes),
                let digest = scanner.digest(in: bytes), scanner.skip("\"", in: bytes)
            else { return nil }
            torn = (Int(count), digest)
        }
        let end = line.sealed.upperBound - 1
        guard scanner.skip(",\"replica\":\"", in: bytes), scanner.position <= end, bytes[end] == 0x22 else {
            return nil
        }
        replica = bytes.extracting(scanner.position..<end).text()
    }

    private static func boot(_ hex: String) -> Digest128? {
        guard hex.utf8.count == 32, let high = UInt64(hex.prefix(16), radix: 16),
            let low = UInt64(hex.suffix(16), radix: 16)
        else { return nil }
        return Digest128(high: high, low: low)
    }
}

/// Bodies of the lines that are about the log itself.
enum AuditNotice {
    /// Records that found the queue full since the line before.
    static func drop(_ count: UInt64, at time: Int64, to writer: inout ByteWriter) {
        writer.write("\"kind\":\"drop\",\"time\":\"")
        writer.write(time: time)
        writer.write("\",\"dropped\":")
        writer.write(decimal: count)
        writer.write("\n")
    }

    /// The last line of a file that was not cut: `rotated` or `stopped`.
    static func close(_ reason: StaticString, at time: Int64, to writer: inout ByteWriter) {
        writer.write("\"kind\":\"close\",\"time\":\"")
        writer.write(time: time)
        writer.write("\",\"reason\":\"")
        writer.write(reason)
        writer.write("\"\n")
    }

    static func time(_ milliseconds: Int64) -> String {
        var writer = ByteWriter(reserving: 24)
        writer.write(time: milliseconds)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
