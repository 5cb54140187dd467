import Bytes
import CHiredis
import NIOCore

/// Collects one command's arguments and lets hiredis write them as RESP. The buffers are used again.
struct CommandEncoder: ~Copyable {
    /// All arguments, one after another. Between two calls of `endArgument` the next one is being written.
    var text = ByteWriter(reserving: 4_096)
    private var lengths: ContiguousArray<Int> = []
    private var written = 0
    private var pointers: ContiguousArray<UnsafePointer<CChar>?> = []

    mutating func begin() {
        text.clear()
        written = 0
        lengths.removeAll(keepingCapacity: true)
    }

    mutating func argument(_ text: StaticString) {
        self.text.write(text)
        endArgument()
    }

    mutating func argument(_ content: ContiguousArray<UInt8>) {
        text.write(content)
        endArgument()
    }

    /// For the handshake's words.
    mutating func argument(_ content: some Collection<UInt8>) {
        for byte in content { text.write(byte) }
        endArgument()
    }

    /// What was written to `text` since the last argument's end is the next argument.
    mutating func endArgument() {
        lengths.append(text.count - written)
        written = text.count
    }

    /// Appends the command to `buffer`. False: no memory, and nothing was appended.
    mutating func write(to buffer: inout ByteBuffer) -> Bool {
        var formatted: UnsafeMutablePointer<CChar>?
        let count = text.withUnsafeBytes { all -> Int32 in
            pointers.removeAll(keepingCapacity: true)
            var start = 0
            for length in lengths {
                pointers.append(
                    all.baseAddress.map { ($0 + start).assumingMemoryBound(to: CChar.self) })
                start += length
            }
            return pointers.withUnsafeMutableBufferPointer { arguments in
                lengths.withUnsafeBufferPointer { sizes in
                    sizes.withMemoryRebound(to: size_t.self) { sizes in
                        // hiredis reads both arrays and keeps neither.
                        redisFormatCommandArgv(
                            &formatted, Int32(arguments.count), arguments.baseAddress, sizes.baseAddress)
                    }
                }
            }
        }
        guard count > 0, let formatted else { return false }
        buffer.writeBytes(UnsafeRawBufferPointer(start: formatted, count: Int(count)))
        redisFreeCommand(formatted)
        return true
    }
}
