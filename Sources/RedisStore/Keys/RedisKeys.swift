import Bytes
public import NIOCore
import NIOSSL

/// The keys of a store in Redis, as commands: what they are called there, and who is asked.
///
/// `PREFIX:{keys}:records` is a hash of lines by id, `:changes` a sorted set of ids by the version of their last
/// change, `:meta` has the version and the epoch, `:used` a hash of times by id, and `:changed` the channel on which
/// each new version is told. One hash tag, so that a cluster has all of it in one slot. Everything happens on one loop.
public final class RedisKeys {
    public struct Meta: Sendable, Equatable {
        /// Chosen by whoever wrote first; another one is another store, nil one that holds nothing.
        public var epoch: String?
        public var version: Int64
    }

    /// Records in all: the table of every server has this bound.
    public static let recordsMax = 1_000_000
    /// Ids in one reply, and records: within what a reply reader holds.
    static let idsMax = 1_024
    static let linesMax = 32
    /// Records that are added in one step: some 0.2 ms of Redis, which answers checks as well.
    public static let addedMax = 64

    let eventLoop: any EventLoop
    private let settings: RedisSettings
    private let connector: any RedisConnector
    private let location: KeyLocation
    private(set) var link: KeyLink?
    private var listener: KeyLink?
    private var endpoint: RedisEndpoint?
    /// How often it was opened or closed: what an earlier one asked for comes too late.
    private var opening = 0
    private let script: [UInt8] = PackageResources.keys_lua
    private let addingScript: [UInt8] = PackageResources.addkeys_lua

    /// - Parameter previous: which this one follows, to the same store: what that one has learned of where it is holds.
    public init(_ settings: RedisSettings, on eventLoop: any EventLoop, after previous: RedisKeys? = nil) {
        self.settings = settings
        self.eventLoop = eventLoop
        connector = NIOConnector(tls: settings.tls, serverName: settings.tlsServerName)
        var sentinels = connector
        if case .sentinel(let terms) = settings.topology {
            sentinels = NIOConnector(tls: terms.tls, serverName: terms.tlsServerName)
        }
        let lessons = previous?.settings.topology == settings.topology ? previous?.location.lessons : nil
        location = KeyLocation(
            settings, on: eventLoop, sentinelConnector: sentinels, lessons ?? KeyLocation.Lessons())
    }

    /// Servers that may have to be tried, one after another, before one is found that has the keys.
    public var placesMax: Int {
        if case .cluster(let seeds) = settings.topology { seeds.count } else { 1 }
    }

    private func key(_ name: String) -> [UInt8] { Array("\(settings.keyPrefix):{keys}:\(name)".utf8) }

    /// Connects. With `onChange`, also listens: it is called for every change that is told, and once when listening
    /// has begun.
    public func open(
        onChange: (() -> Void)? = nil, onLost: @escaping (RedisFailure) -> Void,
        _ completion: @escaping (RedisFailure?) -> Void
    ) {
        close()
        opening += 1
        let mine = opening
        location.find { [weak self] found in
            guard let self, self.opening == mine else { return }
            guard let found else { return completion(.noMaster) }
            self.endpoint = found
            let link = KeyLink(self.settings, on: self.eventLoop, connector: self.connector, onLost: onLost)
            self.link = link
            link.open(found) { [weak self] failure in
                guard failure == nil, let onChange else { return completion(failure) }
                self?.listen(found, onChange, onLost, completion)
            }
        }
    }

    private func listen(
        _ endpoint: RedisEndpoint, _ onChange: @escaping () -> Void, _ onLost: @escaping (RedisFailure) -> Void,
        _ completion: @escaping (RedisFailure?) -> Void
    ) {
        let listener = KeyLink(settings, on: eventLoop, connector: connector, onMessage: onChange, onLost: onLost)
        self.listener = listener
        listener.open(endpoint) { [self] failure in
            if let failure { return completion(failure) }
            listener.subscribe(key("changed")) { reply in
                guard let reply else { return completion(.disconnected) }
                completion(reply.error == nil ? nil : .permission)
            }
        }
    }

    public func close() {
        opening += 1
        location.close()
        link?.close()
        listener?.close()
        (link, listener) = (nil, nil)
    }

    /// Whether the keys are on another server by now, while this one may go on answering.
    public func areElsewhere(_ completion: @escaping (Bool) -> Void) {
        guard let endpoint, link != nil else { return completion(false) }
        location.hasLeft(endpoint, completion)
    }

    // === Asking

    /// Why there is no answer.
    public enum Fault: Error, Sendable, Equatable {
        /// Nothing came back; a change may or may not have been made.
        case silence
        case refused(RedisFailure)
        /// The keys are elsewhere: open again.
        case moved
        /// What lies under our names is not ours.
        case foreign
    }

    private func ask(_ arguments: [[UInt8]], _ completion: @escaping (Result<KeyReply, Fault>) -> Void) {
        guard let link else { return completion(.failure(.silence)) }
        link.send(arguments) { [self] reply in
            guard let reply else { return completion(.failure(.silence)) }
            guard let error = reply.error else { return completion(.success(reply)) }
            if let endpoint, location.learn(from: error, askedAt: endpoint) { return completion(.failure(.moved)) }
            switch ReplyError.classify(error) {
            case .failure(let failure): completion(.failure(.refused(failure)))
            case .wrongType: completion(.failure(.foreign))
            case .scriptGone, .moved, .ask, .tryAgain, .unserved: completion(.failure(.refused(.cluster)))
            }
        }
    }

    private func words(_ words: String..., then keys: [[UInt8]]) -> [[UInt8]] {
        words.map { Array($0.utf8) } + keys
    }

    public func meta(_ completion: @escaping (Result<Meta, Fault>) -> Void) {
        ask([Array("HMGET".utf8), key("meta"), Array("epoch".utf8), Array("version".utf8)]) { result in
            completion(
                result.map { reply in
                    Meta(epoch: reply.string(0), version: reply.string(1).flatMap(Int64.init) ?? 0)
                })
        }
    }

    /// The ids that changed after a version, the oldest change first: at most `idsMax`, each with its version.
    public func changes(
        after version: Int64, _ completion: @escaping (Result<[(id: [UInt8], version: Int64)], Fault>) -> Void
    ) {
        let range = ["(\(version)", "+inf", "WITHSCORES", "LIMIT", "0", "\(Self.idsMax)"].map { Array($0.utf8) }
        ask([Array("ZRANGEBYSCORE".utf8), key("changes")] + range) { result in
            completion(
                result.map { reply in
                    let texts = reply.elements.compactMap(\.text)
                    return stride(from: 0, to: texts.count - 1, by: 2).map { index in
                        (texts[index], Int64(Double(String(decoding: texts[index + 1], as: UTF8.self)) ?? 0))
                    }
                })
        }
    }

    /// The lines of some records, in order; an id that has none is left out.
    public func lines(of ids: [[UInt8]], _ completion: @escaping (Result<[[UInt8]], Fault>) -> Void) {
        var lines: [[UInt8]] = []
        var (awaited, fault): (Int, Fault?) = (0, nil)
        let groups = stride(from: 0, to: ids.count, by: Self.linesMax).map {
            ids[$0..<min($0 + Self.linesMax, ids.count)]
        }
        if groups.isEmpty { return completion(.success([])) }
        awaited = groups.count
        for group in groups {
            ask([Array("HMGET".utf8), key("records")] + group) { result in
                awaited -= 1
                switch result {
                case .success(let reply): lines += reply.elements.compactMap(\.text)
                case .failure(let other): fault = other
                }
                if awaited == 0 { completion(fault.map { .failure($0) } ?? .success(lines)) }
            }
        }
    }

    // === Changing

    public enum Written: Sendable { case done, conflict, full }

    /// Puts a record in the place of the expected line; empty: of none.
    public func put(
        _ id: String, _ line: [UInt8], expecting: [UInt8], epoch: String,
        _ completion: @escaping (Result<Written, Fault>) -> Void
    ) {
        change("put", id, line, expecting, epoch, completion)
    }

    /// Puts a record back unless there is a later state of it. For a store that forgot.
    public func restore(
        _ id: String, _ line: [UInt8], revision: Int64, epoch: String,
        _ completion: @escaping (Result<Written, Fault>) -> Void
    ) {
        change("restore", id, line, Array(String(revision).utf8), epoch, completion)
    }

    private func change(
        _ mode: String, _ id: String, _ line: [UInt8], _ expected: [UInt8], _ epoch: String,
        _ completion: @escaping (Result<Written, Fault>) -> Void
    ) {
        // The text and not its digest: changes are rare, and a server that forgot its scripts needs no second question.
        let keys = [key("records"), key("changes"), key("meta")]
        let arguments = [Array(mode.utf8), Array(id.utf8), line, expected, Array(epoch.utf8)]
        let rest = [Array("\(Self.recordsMax)".utf8), key("changed")]
        ask([Array("EVAL".utf8), script, Array("3".utf8)] + keys + arguments + rest) { result in
            completion(result.map { Self.written($0.elements.first?.integer) })
        }
    }

    /// Adds records that are not there: one answer for at most `addedMax` of them.
    ///
    /// - Parameter completion: an outcome for each, up to the first for which there is no room.
    public func add(
        _ records: [(id: String, line: [UInt8])], epoch: String,
        _ completion: @escaping (Result<[Written], Fault>) -> Void
    ) {
        let keys = [key("records"), key("changes"), key("meta")]
        let terms = [Array(epoch.utf8), Array("\(Self.recordsMax)".utf8), key("changed")]
        let pairs = records.flatMap { [Array($0.id.utf8), $0.line] }
        ask([Array("EVAL".utf8), addingScript, Array("3".utf8)] + keys + terms + pairs) { result in
            completion(result.map { reply in reply.elements.map { Self.written($0.integer) } })
        }
    }

    private static func written(_ outcome: Int64?) -> Written {
        switch outcome {
        case 1: .done
        case -1: .full
        default: .conflict
        }
    }

    // === Last use

    /// Notes when keys were last used: one command for many.
    public func noteUse(_ times: [(id: String, seconds: Int64)], _ completion: @escaping (Bool) -> Void) {
        if times.isEmpty { return completion(true) }
        let pairs = times.flatMap { [Array($0.id.utf8), Array("\($0.seconds)".utf8)] }
        ask([Array("HSET".utf8), key("used")] + pairs) { result in
            if case .success = result { completion(true) } else { completion(false) }
        }
    }

    /// When keys were last used, in the order of the ids.
    public func lastUse(of ids: [[UInt8]], _ completion: @escaping (Result<[Int64?], Fault>) -> Void) {
        if ids.isEmpty { return completion(.success([])) }
        ask([Array("HMGET".utf8), key("used")] + ids) { result in
            completion(
                result.map { reply in
                    reply.elements.map { $0.text.flatMap { Int64(String(decoding: $0, as: UTF8.self)) } }
                })
        }
    }
}
