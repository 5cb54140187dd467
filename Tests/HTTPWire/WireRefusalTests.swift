import Domain
import HTTPWire
import Testing

struct WireRefusalTests {
    @Test
    func boundsAndVersionsHaveReasonsOfTheirOwn() {
        #expect(WireRefusal.headTooLarge.reason == .headTooLarge)
        #expect(WireRefusal.tooManyFields.reason == .tooManyHeaders)
        #expect(WireRefusal.unsupportedVersion.reason == .unsupportedVersion)
        #expect(WireRefusal.bodyTooLarge.reason == .bodyTooLarge)
        #expect(WireRefusal.trailersTooLarge.reason == .bodyTooLarge)
        #expect(WireRefusal.chunkExtensionsTooLarge.reason == .bodyTooLarge)
        let malformed = WireRefusal.allCases.filter { $0.reason == .malformedRequest }
        #expect(malformed.count == WireRefusal.allCases.count - 6)
    }

    @Test
    func noTwoReadAlikeInALog() {
        #expect(Set(WireRefusal.allCases.map { "\($0.description)" }).count == WireRefusal.allCases.count)
    }
}
