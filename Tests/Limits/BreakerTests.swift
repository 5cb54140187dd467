import Domain
import Limits
import Testing

@Suite struct BreakerTests {
    @Test func pausesDoubleFromFiftyMillisecondsToASecond() {
        var breaker = Breaker()
        var now: UInt64 = 1_000
        for longest in [50, 100, 200, 400, 800, 1_000, 1_000, 1_000] as [UInt64] {
            let until = breaker.failed(at: now, random: .max)
            let pause = until - now
            #expect(pause >= longest * 500_000 && pause <= longest * 1_000_000, "\(pause)")
            #expect((!breaker.admits(at: until - 1)) as Bool)
            #expect(breaker.admits(at: until) as Bool)
            now = until
        }
        for _ in 0..<100 { now = breaker.failed(at: now, random: 0) }
        #expect(breaker.failures > 8)
    }

    @Test func jitterCoversHalfThePause() {
        var seen: Set<UInt64> = []
        for random in [0, 12_500_000, 25_000_000] as [UInt64] {
            var breaker = Breaker()
            seen.insert(breaker.failed(at: 0, random: random))
        }
        #expect(seen == [25_000_000, 37_500_000, 50_000_000])
    }

    @Test func oneProbeAtATime() {
        var breaker = Breaker()
        let until = breaker.failed(at: 0, random: 0)
        #expect(breaker.admits(at: until) as Bool)
        #expect((!breaker.admits(at: until)) as Bool)
        #expect((!breaker.admits(at: until + 10_000_000_000)) as Bool)
        breaker.succeeded()
        #expect(breaker.admits(at: until) as Bool)
        #expect(breaker.failures == 0)
    }

    @Test func whatFailedTogetherCountsOnce() {
        var breaker = Breaker()
        let until = breaker.failed(at: 0, random: 7)
        #expect((breaker.failed(at: 1_000, random: 99) as UInt64) == until)
        #expect(breaker.failures == 1)
    }

    /// Answers that were under way when it opened say nothing about now.
    @Test func aLateSuccessDoesNotCloseIt() {
        var breaker = Breaker()
        let until = breaker.failed(at: 0, random: 0)
        breaker.succeeded()
        #expect((!breaker.admits(at: until - 1)) as Bool)
    }

    /// A Redis that shakes hands and then hangs is given longer and longer pauses.
    @Test func aHandshakeAloneDoesNotShortenThePause() {
        var breaker = Breaker()
        breaker.failed(at: 0, random: 0)
        breaker.connected()
        #expect(breaker.state == .closed)
        #expect((breaker.failed(at: 0, random: 0) as UInt64) == 50_000_000)
        breaker.connected()
        breaker.succeeded()
        #expect((breaker.failed(at: 0, random: 0) as UInt64) == 25_000_000)
    }
}

@Suite struct FailureGraceTests {
    let second: UInt64 = 1_000_000_000

    @Test func runsOnOneClockFromTheFirstFailure() {
        var grace = FailureGrace(seconds: 5)
        #expect(grace.covers(failureAt: 100 * second) as Bool)
        #expect(grace.covers(failureAt: 105 * second - 1) as Bool)
        #expect((!grace.covers(failureAt: 105 * second)) as Bool)
    }

    /// A Redis that comes and goes does not start it again.
    @Test func needsTenSecondsOfHealthToRearm() {
        var grace = FailureGrace(seconds: 5)
        _ = grace.covers(failureAt: 100 * second)
        _ = grace.covers(failureAt: 108 * second)
        grace.healthy(at: 117 * second)
        #expect((!grace.covers(failureAt: 117 * second)) as Bool)
        grace.healthy(at: 127 * second)
        #expect(grace.covers(failureAt: 128 * second) as Bool)
    }

    @Test func zeroSecondsIsNone() {
        var grace = FailureGrace(seconds: 0)
        #expect((!grace.covers(failureAt: 1)) as Bool)
    }
}

@Suite struct LocalShareTests {
    @Test func dividesRateAndBurst() {
        let table = LimitTable([
            limit("a", quota(100, per: 60)), limit("b", quota(3, per: 1, burst: 2), enforced: false),
        ])
        let shared = LocalShare.table(of: table, parts: 8)
        #expect(shared.limits.map(\.key) == table.limits.map(\.key))
        #expect(shared.enforced == [true, false])
        #expect(shared.quotas[0] == quota(100, per: 480, burst: 12))
        // A burst below the number of workers is still one token each: the stated excess.
        #expect(shared.quotas[1] == quota(3, per: 8, burst: 1))
    }

    @Test func oneShareIsTheWhole() {
        let table = LimitTable([limit("a", quota(100, per: 60))])
        #expect(LocalShare.table(of: table, parts: 1) === table)
    }

    /// Dividing further than the arithmetic reaches must not give more than a share.
    @Test func aShareTooSlowToExpressIsAllButNothing() {
        let table = LimitTable([limit("a", quota(1, per: 1_000_000_000))])
        let shared = LocalShare.table(of: table, parts: 1_000)
        #expect(shared.quotas[0].quota.burst == 1)
        #expect(shared.quotas[0].quota.period > 1_000_000_000_000_000)
    }
}
