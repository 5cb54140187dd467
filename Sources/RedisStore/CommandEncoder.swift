import Bytes
import NIOCore

/// Collects one command's arguments and writes them as RESP. The buffers are used again.
struct CommandEncoder: ~Copyable {
    /// All arguments, one after another. Between two calls of `endArgument` the next one is being written.
    var text = ByteWriter(reserving: 4_096)
    private var lengths: ContiguousArray<Int> = []
    private var written = 0
    private var framed = ByteWriter(reserving: 4_096)

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

    /// Appends the command to `buffer`: an array of bulk strings, whose lengths make any bytes safe.
    ///
    /// By ourselves, because hiredis asks `sprintf` for each length and allocates each command anew (ADR 2).
    mutating func write(to buffer: inout ByteBuffer) {
        framed.clear()
        framed.write("*")
        framed.write(decimal: UInt64(lengths.count))
        text.withSpan { all in
            var start = 0
            for index in lengths.indices {
                framed.write("\r\n$")
                framed.write(decimal: UInt64(lengths[index]))
                framed.write("\r\n")
                framed.write(all.extracting(start..<start + lengths[index]))
                start += lengths[index]
            }
        }
        framed.write("\r\n")
        framed.withUnsafeBytes { _ = buffer.writeBytes($0) }
    }
}
