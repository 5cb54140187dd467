import Bytes
import CHiredis

/// hiredis's reply parser, made to build nothing: its callbacks append to buffers that are used again for each reply.
///
/// A reply of any nesting is flattened into its integers and its strings, in order. That loses the shape of nested
/// arrays, which matters in a cluster's map only: a reader for that keeps it beside them.
final class ReplyReader {
    enum Kind { case none, string, status, error, integer, array, null }

    enum Progress { case incomplete, reply, broken }

    /// More than the longest reply of `spend.lua` (see `ScriptCall`). A reply with more is broken.
    static let integersMax = 1_024
    /// Strings and errors are short; what goes beyond is cut off, which no comparison of ours can mistake.
    static let textMax = 4_096
    /// How many times as long a reply may be where its shape is kept: thousands of a cluster's ranges.
    static let shapedFold = 64

    /// One element of a reply, where the reader keeps its shape.
    enum Element: Equatable { case integer, string, null, array(count: Int) }

    /// What the reply was at its top.
    private(set) var kind = Kind.none
    private(set) var integers: ContiguousArray<Int64> = []
    /// All strings of the reply, one after another, and where each lies.
    private(set) var text: ContiguousArray<UInt8> = []
    private(set) var strings: ContiguousArray<ByteRange> = []
    /// All elements, each before those in it; empty unless the reader keeps the shape.
    private(set) var shape: ContiguousArray<Element> = []

    private let keepsShape: Bool
    private let integersMax: Int
    private let textMax: Int

    private var overflowed = false
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let reader: UnsafeMutablePointer<redisReader>

    init(keepsShape: Bool = false) {
        self.keepsShape = keepsShape
        integersMax = ReplyReader.integersMax * (keepsShape ? ReplyReader.shapedFold : 1)
        textMax = ReplyReader.textMax * (keepsShape ? ReplyReader.shapedFold : 1)
        integers.reserveCapacity(ReplyReader.integersMax)
        functions = .allocate(capacity: 1)
        // hiredis 1.x has more callbacks, for RESP3, which is never asked for: zero.
        functions.initialize(to: redisReplyObjectFunctions())
        // The array callback's count is an int in 0.14 and a size_t in 1.x; the closures take either.
        functions.pointee.createString = { task, bytes, count in ReplyReader.string(task, bytes, Int(count)) }
        functions.pointee.createArray = { task, count in ReplyReader.begin(task, .array, Int(count)) }
        functions.pointee.createInteger = { task, value in ReplyReader.integer(task, Int64(value)) }
        functions.pointee.createNil = { task in ReplyReader.begin(task, .null) }
        functions.pointee.freeObject = nil
        guard let reader = redisReaderCreateWithFunctions(functions) else {
            preconditionFailure("no memory for a reply reader")
        }
        self.reader = reader
        reader.pointee.privdata = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit {
        redisReaderFree(reader)
        functions.deinitialize(count: 1)
        functions.deallocate()
    }

    func feed(_ bytes: UnsafeRawBufferPointer) {
        // An error stays in the reader, and `next` reports it.
        _ = redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
    }

    /// Parses one more reply out of what was fed. It is here until the next call.
    func next() -> Progress {
        var reply: UnsafeMutableRawPointer?
        if reader.pointee.reply == nil { clear() }
        guard redisReaderGetReply(reader, &reply) == REDIS_OK, !overflowed else { return .broken }
        return reply == nil ? .incomplete : .reply
    }

    /// String `index` of the reply as text; empty if there is none. For cold paths.
    func string(_ index: Int) -> String {
        guard index < strings.count else { return "" }
        return String(decoding: text[strings[index].bounds], as: UTF8.self)
    }

    private func clear() {
        kind = .none
        integers.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: true)
        strings.removeAll(keepingCapacity: true)
        if keepsShape { shape.removeAll(keepingCapacity: true) }
    }
}

// The callbacks. Each answers the reader's own address as "the object": hiredis only asks that it be not NULL.
extension ReplyReader {
    private typealias Task = UnsafePointer<redisReadTask>

    private static func begin(_ task: Task?, _ kind: Kind, _ count: Int = 0) -> UnsafeMutableRawPointer? {
        guard let task, let opaque = task.pointee.privdata else { return nil }
        let isTop = task.pointee.parent == nil
        Unmanaged<ReplyReader>.fromOpaque(opaque)._withUnsafeGuaranteedRef { reader in
            if isTop { reader.kind = kind }
            if reader.keepsShape { reader.note(kind, count) }
        }
        return opaque
    }

    private static func integer(_ task: Task?, _ value: Int64) -> UnsafeMutableRawPointer? {
        guard let opaque = begin(task, .integer) else { return nil }
        Unmanaged<ReplyReader>.fromOpaque(opaque)._withUnsafeGuaranteedRef { $0.append(value) }
        return opaque
    }

    private static func string(
        _ task: Task?, _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int
    ) -> UnsafeMutableRawPointer? {
        let kind: Kind =
            switch task?.pointee.type {
            case REDIS_REPLY_ERROR: .error
            case REDIS_REPLY_STATUS: .status
            default: .string
            }
        guard let opaque = begin(task, kind) else { return nil }
        let buffer = UnsafeRawBufferPointer(start: bytes, count: count)
        Unmanaged<ReplyReader>.fromOpaque(opaque)._withUnsafeGuaranteedRef { $0.append(buffer) }
        return opaque
    }

    private func note(_ kind: Kind, _ count: Int) {
        if shape.count == 2 * integersMax { return overflowed = true }
        switch kind {
        case .array: shape.append(.array(count: count))
        case .integer: shape.append(.integer)
        case .null: shape.append(.null)
        case .string, .status, .error, .none: shape.append(.string)
        }
    }

    private func append(_ value: Int64) {
        if integers.count == integersMax { overflowed = true } else { integers.append(value) }
    }

    private func append(_ bytes: UnsafeRawBufferPointer) {
        let room = textMax - text.count
        // A host cut short would be another host.
        if keepsShape, bytes.count > room { overflowed = true }
        let start = text.count
        text.append(contentsOf: bytes.prefix(room))
        if strings.count < integersMax {
            strings.append(ByteRange(start: start, count: text.count - start))
        }
    }
}
