import Credentials
import NIOCore
import NIOPosix
import RedisStore

/// In Redis. Connects when it is first asked, and again where the keys turn out to be elsewhere.
final class RedisKeyStorage: KeyStorage {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let keys: Handover<RedisKeys>
    private let loop: any EventLoop
    private let placesMax: Int
    private var isOpen = false

    /// How often the keys may turn out to be on another node before it is given up.
    private static let movesMax = 5

    init(_ settings: RedisSettings) {
        loop = group.next()
        let keys = RedisKeys(settings, on: loop)
        placesMax = keys.placesMax
        self.keys = Handover(keys)
    }

    func close() {
        let keys = keys
        try? loop.submit { keys.value.close() }.wait()
        try? group.syncShutdownGracefully()
    }

    private typealias Completion<Value> = @Sendable (Result<Value, RedisKeys.Fault>) -> Void

    /// Waits for one answer.
    private func ask<Value: Sendable>(
        _ body: @escaping @Sendable (RedisKeys, @escaping Completion<Value>) -> Void
    ) throws -> Value {
        for _ in 0..<Self.movesMax {
            try open()
            let (keys, loop) = (keys, loop)
            let promise = loop.makePromise(of: Result<Value, RedisKeys.Fault>.self)
            loop.execute { body(keys.value) { promise.succeed($0) } }
            switch try promise.futureResult.wait() {
            case .success(let value): return value
            case .failure(.moved): isOpen = false
            case .failure(let fault): throw StartupError("the key store: \(Self.words(for: fault))")
            }
        }
        throw StartupError("the key store: no node has the keys' slot")
    }

    private func open() throws {
        if isOpen { return }
        let (keys, loop) = (keys, loop)
        var failure: RedisFailure?
        for _ in 0..<placesMax {
            let promise = loop.makePromise(of: RedisFailure?.self)
            loop.execute { keys.value.open(onLost: { _ in }) { promise.succeed($0) } }
            failure = try promise.futureResult.wait()
            if failure == nil {
                isOpen = true
                return
            }
        }
        throw StartupError("the key store cannot be asked: \(failure?.rawValue ?? "it is nowhere")")
    }

    private static func words(for fault: RedisKeys.Fault) -> String {
        switch fault {
        case .silence: "no answer; whether anything was changed is not known"
        case .refused(let failure): failure.rawValue
        case .moved: "it has moved"
        case .foreign: "what lies under the names of keys is not ours"
        }
    }

    func records() throws -> [KeyRecord] {
        var records: [String: KeyRecord] = [:]
        var version: Int64 = 0
        while true {
            let from = version
            let changes: [KeyChange] = try ask { keys, completion in
                keys.changes(after: from) {
                    completion($0.map { $0.map { KeyChange(id: $0.id, version: $0.version) } })
                }
            }
            guard let last = changes.last else { return Array(records.values) }
            version = last.version
            let lines: [[UInt8]] = try ask { keys, completion in keys.lines(of: changes.map(\.id), completion) }
            for line in lines { if let record = KeyRecord(json: line.span) { records[record.id] = record } }
        }
    }

    private struct KeyChange: Sendable {
        var id: [UInt8]
        var version: Int64
    }

    private func line(_ id: String) throws -> [UInt8]? {
        let lines: [[UInt8]] = try ask { keys, completion in keys.lines(of: [Array(id.utf8)], completion) }
        return lines.first
    }

    func record(_ id: String) throws -> KeyRecord? { try line(id).flatMap { KeyRecord(json: $0.span) } }

    func put(_ record: KeyRecord, over old: KeyRecord?) throws -> KeyPut {
        // As it lies there, which may be spelled in another way than ours.
        let expected = try old == nil ? nil : line(record.id)
        let present = expected.flatMap { KeyRecord(json: $0.span) }
        if old != nil, present != old { return .conflict(present) }
        let epoch = Self.freshEpoch()
        let written: RedisKeys.Written = try ask { keys, completion in
            keys.put(record.id, record.json, expecting: expected ?? [], epoch: epoch, completion)
        }
        switch written {
        case .done: return .done
        case .conflict: return .conflict(try self.record(record.id))
        case .full: return .full
        }
    }

    var addedMax: Int { RedisKeys.addedMax }

    /// One round trip, and another where some are there already.
    func add(_ records: ArraySlice<KeyRecord>) throws -> [KeyPut] {
        let epoch = Self.freshEpoch()
        let new = records.map { (id: $0.id, line: $0.json) }
        let written: [RedisKeys.Written] = try ask { keys, completion in
            keys.add(new, epoch: epoch, completion)
        }
        let taken = zip(new, written).filter { $0.1 == .conflict }.map { Array($0.0.id.utf8) }
        let lines: [[UInt8]] = try ask { keys, completion in keys.lines(of: taken, completion) }
        let present = lines.compactMap { KeyRecord(json: $0.span) }
        let byID = Dictionary(present.map { ($0.id, $0) }) { first, _ in first }
        return zip(new, written).map { record, outcome in
            switch outcome {
            case .done: .done
            case .full: .full
            case .conflict: .conflict(byID[record.id])
            }
        }
    }

    /// Another store's name, in case nobody has named this one.
    private static func freshEpoch() -> String { String(UInt64.random(in: 0 ... .max), radix: 36) }

    func lastUse(of ids: [String]) throws -> [String: Int64] {
        var times: [String: Int64] = [:]
        for start in stride(from: 0, to: ids.count, by: 500) {
            let part = Array(ids[start..<min(start + 500, ids.count)])
            let found: [Int64?] = try ask { keys, completion in
                keys.lastUse(of: part.map { Array($0.utf8) }, completion)
            }
            for (id, time) in zip(part, found) { times[id] = time }
        }
        return times
    }
}
