import Domain
import Testing

@Suite struct QuotaTests {
    @Test func reducesTheRate() {
        let minute = Quota(tokens: 60, period: 60_000_000, burst: 60)
        #expect(minute.tokens == 1)
        #expect(minute.period == 1_000_000)
        #expect(minute.burst == 60)
        #expect(minute == Quota(tokens: 1, period: 1_000_000, burst: 60))
    }

    @Test func grantsContainWhatTheyHold() {
        var held = GrantSet()
        for position in [0, 63, 64, 130, 255] { held.insert(position) }
        var required = GrantSet()
        #expect(held.contains(required))
        for position in [0, 64, 255] {
            required.insert(position)
            #expect(held.contains(required))
        }
        required.insert(200)
        #expect(!held.contains(required))
        #expect(GrantSet.everything.contains(required))
    }

    @Test func everyDenyReasonHasANameOfItsOwn() {
        let names = DenyReason.allCases.map { "\($0.name)" }
        #expect(Set(names).count == names.count)
    }

    @Test func histogramsAddUp() {
        var first = DurationHistogram()
        first.record(nanoseconds: 10_000)
        first.record(nanoseconds: 2_000_000_000)
        var second = DurationHistogram()
        second.record(nanoseconds: 25_000)
        first.add(second)
        #expect(first.count == 3)
        #expect(first.counts[0] == 2)
        #expect(first.counts[14] == 1)
        #expect(first.sumNanoseconds == 2_000_035_000)
    }
}
