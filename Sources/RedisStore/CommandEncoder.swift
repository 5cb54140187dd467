import CHiredis
import NIOCore

/// Collects one command's arguments and lets hiredis write them as RESP. The buffers are used again.
struct CommandEncoder {
    private var bytes: ContiguousArray<UInt8> = []
    private var lengths: ContiguousArray<Int> = []
    private var pointers: ContiguousArray<UnsafePointer<CChar>?> = []

    mutating func begin() {
        bytes.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
    }

    mutating func argument(_ text: StaticString) {
        text.withUTF8Buffer { argument($0) }
    }

    mutating func argument(_ content: some Collection<UInt8>) {
        let start = bytes.count
        bytes.append(contentsOf: content)
        lengths.append(bytes.count - start)
    }

    /// Appends the command to `buffer`. False: no memory, and nothing was appended.
    mutating func write(to buffer: inout ByteBuffer) -> Bool {
        var formatted: UnsafeMutablePointer<CChar>?
        let count = bytes.withUnsafeBufferPointer { all -> Int32 in
            pointers.removeAll(keepingCapacity: true)
            var start = 0
            for length in lengths {
                pointers.append(
                    all.baseAddress.map { UnsafeRawPointer($0 + start).assumingMemoryBound(to: CChar.self) })
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
