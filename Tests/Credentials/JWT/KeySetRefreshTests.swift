import Credentials
import Testing

/// Times in seconds; the keys are a name. A class, so that `#expect` may call what changes it.
private final class Refresh {
    var machine: KeySetRefresh<String>
    var random: UInt64 = 0

    init(cooldown: Int = 10, stale: Int = 86_400) {
        machine = KeySetRefresh(cooldownSeconds: cooldown, staleSeconds: stale, now: 0)
    }

    static func nanos(_ seconds: Double) -> UInt64 { UInt64((seconds * 1_000_000_000).rounded()) }

    /// Whether a fetch begins.
    @discardableResult
    func advance(_ now: Double) -> Bool { machine.advance(to: Refresh.nanos(now)).fetches }

    func fetched(_ keys: String, _ now: Double, lifetime: Int64? = nil) {
        let action = machine.fetched(keys, lifetime: lifetime, at: Refresh.nanos(now), random: random)
        #expect(action == .init(fetches: false, publishes: true))
    }

    func failed(_ now: Double) {
        let action = machine.failed(at: Refresh.nanos(now), random: random)
        #expect(action == .init(fetches: false, publishes: true))
    }

    func unknown(_ now: Double, seen: UInt64? = nil) -> KeySetRefresh<String>.UnknownKey {
        machine.unknownKey(seen: seen ?? machine.generation, at: Refresh.nanos(now))
    }

    var nextDue: Double? { machine.nextDue.map { Double($0) / 1_000_000_000 } }
}

@Suite struct KeySetRefreshTests {
    @Test func theFirstFetchIsDueAtOnce() {
        let refresh = Refresh()
        #expect(refresh.nextDue == 0)
        #expect(refresh.unknown(0) == .wait)
        #expect(refresh.advance(0))
        #expect(refresh.nextDue == nil)
        #expect(!refresh.advance(100))
        refresh.fetched("a", 1)
        #expect(refresh.machine.keys == "a")
        #expect(refresh.machine.generation == 1)
    }

    @Test(
        arguments: [
            (nil, 3_600.0), (0, 300), (299, 300), (301, 301), (86_400, 86_400), (86_401, 86_400), (.max, 86_400),
        ] as [(Int64?, Double)])
    func theLifetimeIsClamped(asked: Int64?, lifetime: Double) {
        for random in [0, .max, 12_345] as [UInt64] {
            let refresh = Refresh()
            refresh.random = random
            refresh.advance(0)
            refresh.fetched("a", 0, lifetime: asked)
            let due = refresh.nextDue ?? 0
            #expect(due >= lifetime * 0.74 && due <= lifetime * 0.901)
            #expect(!refresh.machine.isStale(at: Refresh.nanos(lifetime - 1)))
            #expect(refresh.machine.isStale(at: Refresh.nanos(lifetime)))
        }
    }

    @Test func itRefreshesBeforeTheLifetimeEnds() {
        let refresh = Refresh()
        refresh.advance(0)
        refresh.fetched("a", 0)
        #expect(!refresh.advance(2_699))
        #expect(refresh.advance(2_700))
        refresh.fetched("b", 2_701)
        #expect(refresh.machine.keys == "b")
        #expect(refresh.nextDue == 5_401)
    }

    @Test func failuresPauseLongerAndLonger() {
        let refresh = Refresh()
        refresh.random = .max
        var now = 0.0
        var pauses: [Double] = []
        for _ in 0..<10 {
            #expect(refresh.advance(now))
            refresh.failed(now)
            let next = refresh.nextDue ?? 0
            pauses.append(next - now)
            now = next
        }
        for (pause, longest) in zip(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60, 60] as [Double]) {
            #expect(pause >= longest / 2 && pause <= longest)
        }
        #expect(refresh.advance(now))
        refresh.fetched("a", now)
        #expect(refresh.machine.failures == 0)
    }

    @Test func aStaleSetServesAndThenEnds() {
        let refresh = Refresh(stale: 1_000)
        refresh.advance(0)
        refresh.fetched("a", 0)
        // The provider goes away: every try fails until the set has served its time.
        var now = 2_700.0
        while now < 4_600 {
            #expect(refresh.machine.keys == "a")
            if refresh.advance(now) { refresh.failed(now + 0.1) }
            now = refresh.nextDue ?? 0
        }
        let action = refresh.machine.advance(to: Refresh.nanos(4_600))
        #expect(action.publishes)
        #expect(refresh.machine.keys == nil)
        #expect(refresh.unknown(4_600) != .settled)
        // It comes back, and so do the keys.
        if !action.fetches {
            let due = refresh.nextDue ?? 0
            #expect(refresh.advance(due))
        }
        refresh.fetched("b", 4_700)
        #expect(refresh.machine.keys == "b")
    }

    @Test func aSetEndsWhileAFetchHangs() {
        let refresh = Refresh(stale: 0)
        refresh.advance(0)
        refresh.fetched("a", 0)
        #expect(refresh.advance(2_700))
        #expect(refresh.nextDue == 3_600)
        #expect(refresh.machine.advance(to: Refresh.nanos(3_600)) == .init(fetches: false, publishes: true))
        #expect(refresh.machine.keys == nil)
        #expect(refresh.nextDue == nil)
    }

    @Test func manyUnknownKeysAreOneFetchPerCooldown() {
        let refresh = Refresh()
        refresh.advance(0)
        refresh.fetched("a", 0)
        var fetches = 0
        // 100,000 in 100 seconds.
        for step in 0..<100_000 {
            let now = 100 + Double(step) / 1_000
            let answer = refresh.unknown(now)
            if refresh.advance(now) {
                fetches += 1
                #expect(answer == .wait)
                #expect(refresh.unknown(now) == .wait)
                refresh.fetched("a", now)
                #expect(refresh.unknown(now) == .settled)
            } else {
                #expect(answer == .settled)
            }
        }
        #expect(fetches == 10)
    }

    @Test func whoeverHasAnOlderSetWaitsForTheNewer() {
        let refresh = Refresh()
        refresh.advance(0)
        refresh.fetched("a", 0)
        #expect(refresh.unknown(5) == .wait)
        refresh.advance(5)
        refresh.fetched("b", 6)
        #expect(refresh.unknown(6, seen: 1) == .wait)
        #expect(refresh.unknown(6, seen: 2) == .settled)
    }

    /// A key that nobody can be asked about may exist.
    @Test func anUnknownKeyIsUndecidableWhileTheProviderIsDown() {
        let refresh = Refresh()
        refresh.advance(0)
        refresh.fetched("a", 0)
        #expect(refresh.unknown(5) == .wait)
        refresh.advance(5)
        refresh.failed(7)
        #expect(refresh.machine.keys == "a")
        #expect(refresh.unknown(7) == .undecidable)
        // The retry is the pause's, whatever is asked meanwhile.
        #expect(refresh.nextDue == 7.5)
        #expect(!refresh.advance(7.4))
        #expect(refresh.advance(7.5))
        #expect(refresh.unknown(7.6) == .wait)
        refresh.fetched("b", 8)
        #expect(refresh.unknown(8) == .settled)
    }
}
