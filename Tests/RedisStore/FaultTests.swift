import Domain
import Limits
import NIOCore
import Testing

@testable import RedisStore

/// What limits.md 23, 24 and 26 say about a Redis that misbehaves, with a real one made to.
@Suite(.enabled(if: RedisServer.isExpected, "redis-server is not installed"))
struct FaultTests {
    let table = LimitTable([
        limit("small", quota(3, per: 36_000)), limit("large", quota(1_000, per: 36_000)),
        limit("shadow", quota(2, per: 36_000), enforced: false),
    ])

    @Test func aFlushedScriptIsLoadedAgainAndTheCheckSentOnceMore() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        let client = try RedisClient(port: server.port)
        try client("SCRIPT", "FLUSH")
        // Four calls are out at once, and each finds the script gone.
        let answers = try await worker.check(table, (0..<128).map { [charge(table, 0, owner: $0)] })
        #expect(answers.allSatisfy { $0.outcome == .admitted && $0.results[0]?.remaining == 2 })
        let counters = try await worker.read(\.counters)
        #expect(counters.scriptReloads == 4)
        #expect(counters.reconnects == 0)
        #expect(try await worker.seen.contains(.scriptReloaded))
        #expect(try await worker.read(\.health) == .up)
    }

    /// limits.md 8: it fails its own check alone, and nothing is written over it.
    @Test(arguments: ["WRONGTYPE", "no bucket", "1763000000000000 7 7 1000000", "5 0 1", "-1 0 1 12000000000", ""])
    func aBadKeyFailsItsOwnCheckAlone(value: String) async throws {
        let server = try RedisServer()
        let worker = try await Worker(server, mode: .defer)
        let client = try RedisClient(port: server.port)
        let bad = keyName(table, 0, owner: 1)
        if value == "WRONGTYPE" { try client("LPUSH", bad, "x") } else { try client("SET", bad, value) }
        let answers = try await worker.check(
            table,
            [
                [charge(table, 1, owner: 1), charge(table, 0, owner: 1)], [charge(table, 0, owner: 2)],
                [charge(table, 1, owner: 1)],
            ])
        #expect(answers[0].outcome == .unavailable(.defer))
        #expect(answers[1].outcome == .admitted)
        // The first check spent nothing of its readable bucket.
        #expect(answers[2].results[0]?.remaining == 999)
        #expect(try client("TYPE", bad).text == (value == "WRONGTYPE" ? "list" : "string"))
        if value != "WRONGTYPE" { #expect(try client("GET", bad).text == value) }
        #expect(try await worker.read(\.health) == .up)
        #expect(try await worker.read(\.counters).checksUnreadable == 1)
        #expect(try await worker.seen.contains(.unreadableBucket))
    }

    @Test func anUnreadableShadowIsAMetric() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        try RedisClient(port: server.port)("SET", keyName(table, 2), "garbage")
        let answer = try await worker.check(table, charge(table, 2), charge(table, 0))
        #expect(answer.outcome == .admitted)
        #expect(answer.readings.map(\.isReadable) == [false, true])
        #expect(try await worker.read(\.counters).shadowUnreadable == 1)
    }

    /// The stated price of FLUSHALL: one burst per bucket (limits.md 26).
    @Test func flushedDataGrantsOneBurst() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        _ = try await worker.check(table, charge(table, 0, cost: 3))
        try RedisClient(port: server.port)("FLUSHALL")
        #expect(try await worker.check(table, charge(table, 0, cost: 3)).outcome == .admitted)
    }

    /// The socket stays open and nothing comes: only the deadline can tell.
    @Test func aFrozenServerIsFoundByTheDeadline() async throws {
        let server = try RedisServer()
        let worker = try await Worker(Worker.settings(server, deadline: 20, mode: .defer))
        server.freeze()
        let answers = try await worker.check(table, (0..<200).map { [charge(table, 1, owner: $0)] })
        #expect(answers.allSatisfy { $0.outcome == .unavailable(.defer) })
        #expect(answers.allSatisfy { $0.waited < 70_000_000 }, "deadline + 50 ms")
        #expect(try await worker.read(\.counters).callsTimeout == 4)
        #expect(try await worker.seen.contains(.down(.deadline)))
        // While the breaker is open a check costs nothing: it is answered at once.
        let next = try await worker.check(table, charge(table, 1))
        #expect(next.outcome == .unavailable(.defer))
        #expect(next.waited == 0)
        server.thaw()
        try await worker.until(seconds: 2) { $0.health == .up }
        #expect(try await worker.check(table, charge(table, 1, owner: 999)).outcome == .admitted)
    }

    /// limits.md 23 and the canary of 32: what timed out counts as spent and is not sent again, even though Redis
    /// carries it out when it thaws.
    @Test func anUnknownOutcomeIsNotResent() async throws {
        let server = try RedisServer()
        let worker = try await Worker(Worker.settings(server, deadline: 20, mode: .open))
        server.freeze()
        let answer = try await worker.check(table, charge(table, 1, cost: 10))
        #expect(answer.outcome == .unavailable(.open))
        server.thaw()
        try await worker.until { $0.health == .up }
        // Once, from the call that had no answer; 1,000 would be a call that never left.
        let asked = try await worker.check(table, charge(table, 1, cost: 0))
        #expect(asked.results[0]?.remaining == 990)
        // The canary: had the store sent the check once more, this is what the line above would have seen.
        _ = try await worker.check(table, charge(table, 1, cost: 10))
        let resent = try await worker.check(table, charge(table, 1, cost: 0))
        #expect(resent.results[0]?.remaining == 980)
    }

    @Test func aKilledServerIsFoundAgainWithinTwoSeconds() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        _ = try await worker.check(table, charge(table, 0))
        server.stop()
        try await worker.until { $0.health != .up }
        #expect(try await worker.check(table, charge(table, 0, owner: 2)).outcome == .unavailable(.closed))
        // Long enough for the pauses to have grown to their longest.
        try await Task.sleep(nanoseconds: 2_500_000_000)
        try server.start()
        try await worker.until(seconds: 2) { $0.health == .up }
        #expect(try await worker.check(table, charge(table, 0, owner: 2)).outcome == .admitted)
        #expect(try await worker.read(\.counters).reconnects == 1)
    }

    @Test func aKilledConnectionIsReplaced() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        try RedisClient(port: server.port)("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        try await worker.until { $0.counters.reconnects == 1 }
        #expect(try await worker.check(table, charge(table, 0)).outcome == .admitted)
        #expect(try await worker.seen.contains(.down(.disconnected)))
    }

    /// OOM is an error reply: nothing was spent, the breaker opens, and the probe finds out when it is over.
    @Test func aFullServerIsAFailureAndSpendsNothing() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server, mode: .defer)
        let client = try RedisClient(port: server.port)
        _ = try await worker.check(table, charge(table, 1, cost: 10))
        try client("CONFIG", "SET", "maxmemory", "1")
        let answer = try await worker.check(table, charge(table, 1, cost: 10))
        #expect(answer.outcome == .unavailable(.defer))
        try await worker.until { if case .down(_, .outOfMemory) = $0.health { true } else { false } }
        try await Task.sleep(nanoseconds: 300_000_000)
        #expect(try await worker.read(\.health) != .up)
        try client("CONFIG", "SET", "maxmemory", "0")
        try await worker.until(seconds: 2) { $0.health == .up }
        #expect(try await worker.check(table, charge(table, 1, cost: 0)).results[0]?.remaining == 990)
    }

    @Test func aReplicaIsNotAsked() async throws {
        let primary = try RedisServer()
        let replica = try RedisServer("--replicaof", "127.0.0.1 \(primary.port)")
        let worker = try await Worker(Worker.settings(replica), waitsUntilUp: false)
        try await worker.until { if case .down(_, .replica) = $0.health { true } else { false } }
        #expect(try await worker.check(table, charge(table, 0)).outcome == .unavailable(.closed))
        try RedisClient(port: replica.port)("REPLICAOF", "NO", "ONE")
        try await worker.until(seconds: 2) { $0.health == .up }
    }

    /// A server that becomes a replica while connected refuses the script's writes.
    @Test func aPrimaryThatIsDemotedIsLeft() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        try RedisClient(port: server.port)("REPLICAOF", "127.0.0.1", "1")
        _ = try await worker.check(table, charge(table, 0))
        try await worker.until { if case .down(_, .replica) = $0.health { true } else { false } }
    }

    @Test func credentialsAreUsedAndTheirRefusalIsNamed() async throws {
        let server = try RedisServer("--requirepass", "correct horse")
        var settings = Worker.settings(server)
        for (password, isUp) in [("wrong", false), (nil, false), ("correct horse", true)] as [(String?, Bool)] {
            settings.password = password
            let worker = try await Worker(settings, waitsUntilUp: false)
            try await worker.until { store in
                if case .down(_, .authentication) = store.health { return !isUp }
                return isUp && store.health == .up
            }
            #expect(
                try await worker.check(table, charge(table, 0)).outcome == (isUp ? .admitted : .unavailable(.closed)))
            try await worker.close()
        }
    }

    /// The ACL of docs/failure-modes.md is enough, and leaves nothing unknown.
    @Test func theDocumentedACLSuffices() async throws {
        let server = try RedisServer()
        let admin = try RedisClient(port: server.port)
        try admin(
            "ACL", "SETUSER", "postern", "on", ">secret", "~postern:*", "+evalsha", "+script|load", "+time", "+mget",
            "+exists", "+get", "+set", "+role", "+config|get", "+client|setname", "+select")
        var settings = Worker.settings(server)
        (settings.username, settings.password, settings.database) = ("postern", "secret", 3)
        let worker = try await Worker(settings)
        let answers = try await worker.check(table, [[charge(table, 0)], [charge(table, 1), charge(table, 2)]])
        #expect(answers.allSatisfy { $0.outcome == .admitted })
        #expect(try await worker.read(\.warnings) == [])
        #expect(try await worker.read(\.counters).callsError == 0)
        try admin("SELECT", "3")
        #expect(try admin("EXISTS", keyName(table, 0)).integer == 1)
    }

    /// Without CONFIG and ROLE it serves, and says what it could not see; without a command of the script it is down.
    @Test func aNarrowerACLIsWarnedOfOrNamed() async throws {
        let server = try RedisServer()
        let admin = try RedisClient(port: server.port)
        try admin(
            "ACL", "SETUSER", "postern", "on", ">secret", "~postern:*", "+evalsha", "+script|load", "+time", "+mget",
            "+exists", "+get", "+set")
        var settings = Worker.settings(server)
        (settings.username, settings.password) = ("postern", "secret")
        let worker = try await Worker(settings)
        #expect(try await worker.read(\.warnings) == [.roleUnknown, .policyUnknown])
        try admin("ACL", "SETUSER", "postern", "-set")
        _ = try await worker.check(table, charge(table, 0))
        try await worker.until { if case .down(_, .permission) = $0.health { true } else { false } }
    }

    @Test func evictionIsWarnedOf() async throws {
        let server = try RedisServer("--maxmemory-policy", "allkeys-lru")
        let worker = try await Worker(server)
        #expect(try await worker.read(\.warnings) == [.evicts])
        #expect(try await worker.seen.contains(.warning(.evicts)))
    }

    @Test func aUnixSocketWorks() async throws {
        let path = "/tmp/postern-\(UInt32.random(in: 0 ... .max)).sock"
        let server = try RedisServer("--unixsocket", path)
        var settings = Worker.settings(server)
        settings.topology = .node(.unix(path: path))
        let worker = try await Worker(settings)
        #expect(try await worker.check(table, charge(table, 0)).outcome == .admitted)
    }
}
