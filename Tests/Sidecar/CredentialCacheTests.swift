import Bytes
import Testing

@testable import Sidecar

@Suite struct CredentialCacheTests {
    /// Digests whose last word is `set` times four share a set, whatever their first.
    private func digest(_ number: UInt64, set: UInt64 = 0) -> Digest256 { Digest256(number, 0, 0, set * 4) }

    @Test func findsWhatItRememberedUntilItsEnd() {
        var cache = CredentialCache<String>(capacity: 8)
        cache.remember("a", as: digest(1), until: 100, now: 50)
        #expect(cache.find(digest(1), at: 99) == "a")
        #expect(cache.find(digest(1), at: 100) == nil)
        #expect(cache.find(digest(2), at: 99) == nil)
        // What is over already is not remembered.
        cache.remember("b", as: digest(2), until: 50, now: 50)
        #expect(cache.find(digest(2), at: 0) == nil)
        #expect(cache.count == 1)
    }

    @Test func aCapacityOfZeroRemembersNothing() {
        var cache = CredentialCache<Int>(capacity: 0)
        cache.remember(1, as: digest(1), until: 100, now: 0)
        #expect(cache.find(digest(1), at: 0) == nil)
        #expect(cache.count == 0)
    }

    @Test func theSameDigestReplacesItself() {
        var cache = CredentialCache<Int>(capacity: 8)
        cache.remember(1, as: digest(1), until: 100, now: 0)
        cache.remember(2, as: digest(1), until: 200, now: 0)
        #expect(cache.find(digest(1), at: 150) == 2)
        #expect(cache.count == 1)
    }

    /// A set of four: the one that was used longest ago makes room, whichever came first.
    @Test func aFullSetLetsGoOfTheOneUsedLongestAgo() {
        var cache = CredentialCache<UInt64>(capacity: 8)
        for number in 1...4 as ClosedRange<UInt64> { cache.remember(number, as: digest(number), until: 100, now: 0) }
        for number in [1, 2, 4] as [UInt64] { #expect(cache.find(digest(number), at: 0) == number) }
        cache.remember(5, as: digest(5), until: 100, now: 0)
        #expect(cache.find(digest(3), at: 0) == nil)
        for number in [1, 2, 4, 5] as [UInt64] { #expect(cache.find(digest(number), at: 0) == number) }
        // Another set has its own four places.
        cache.remember(6, as: digest(6, set: 1), until: 100, now: 0)
        #expect(cache.find(digest(1), at: 0) == 1)
        #expect(cache.count == 5)
    }

    @Test func whatHasExpiredMakesRoomBeforeWhatHasNot() {
        var cache = CredentialCache<UInt64>(capacity: 4)
        for number in 1...3 as ClosedRange<UInt64> { cache.remember(number, as: digest(number), until: 100, now: 0) }
        cache.remember(4, as: digest(4), until: 10, now: 0)
        cache.remember(5, as: digest(5), until: 100, now: 20)
        for number in [1, 2, 3, 5] as [UInt64] { #expect(cache.find(digest(number), at: 20) == number) }
        #expect(cache.count == 4)
    }

    @Test(arguments: [1, 4, 5, 100])
    func neverHoldsMoreThanItsCapacityRoundedUp(_ capacity: Int) {
        var cache = CredentialCache<UInt64>(capacity: capacity)
        for number in 0..<2_000 as Range<UInt64> {
            cache.remember(number, as: digest(number, set: number), until: 100, now: 0)
        }
        let bound = [1: 4, 4: 4, 5: 8, 100: 128][capacity]
        #expect(cache.count == bound)
        var found = 0
        for number in 0..<2_000 as Range<UInt64> where cache.find(digest(number, set: number), at: 0) == number {
            found += 1
        }
        #expect(found == bound)
    }

    @Test func forgetsByConditionAndWholly() {
        var cache = CredentialCache<UInt64>(capacity: 16)
        for number in 0..<8 as Range<UInt64> {
            cache.remember(number, as: digest(number, set: number), until: 100, now: 0)
        }
        cache.removeAll { $0.isMultiple(of: 2) }
        #expect(cache.count == 4)
        for number in 0..<8 as Range<UInt64> {
            #expect((cache.find(digest(number, set: number), at: 0) == nil) == number.isMultiple(of: 2))
        }
        cache.removeAll()
        #expect(cache.count == 0)
        #expect(cache.find(digest(1, set: 1), at: 0) == nil)
        cache.remember(9, as: digest(9), until: 100, now: 0)
        #expect(cache.find(digest(9), at: 0) == 9)
    }
}
