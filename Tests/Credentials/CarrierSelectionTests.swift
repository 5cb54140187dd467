import Bytes
import Credentials
import Testing

@Suite struct CarrierSelectionTests {
    /// Each text is one header's value, laid out one after another.
    private func choose(
        keys: [String] = [], authorization: [String] = [], schemes: TokenSchemes = [.bearer, .dpop]
    ) -> (Presented, String) {
        var bytes: [UInt8] = []
        var selection = CarrierSelection()
        func add(_ text: String) -> ByteRange {
            defer { bytes += [UInt8](text.utf8) }
            return ByteRange(start: bytes.count, count: text.utf8.count)
        }
        for key in keys { selection.noteKeyHeader(add(key)) }
        for value in authorization { selection.noteAuthorization(add(value)) }
        let presented = selection.choose(from: bytes.span, allowing: schemes)
        return (presented, bytes.span.extracting(presented.credential.bounds).text())
    }

    @Test func nothingIsNothing() {
        #expect(choose().0.carrier == .none)
        #expect(choose(authorization: ["Basic abc"]).0.carrier == .none)
        #expect(choose(authorization: ["Bearer abc"], schemes: []).0.carrier == .none)
        #expect(choose(authorization: ["Bearerabc"]).0.carrier == .none)
    }

    @Test(arguments: ["Bearer abc", "bearer abc", "BEARER   abc"])
    func theSchemeIsReadInAnyCase(_ value: String) {
        let (presented, credential) = choose(authorization: [value])
        #expect(presented.carrier == .bearer)
        #expect(credential == "abc")
    }

    @Test func aKeyGoesBeforeABearerWhichIsThenASecond() {
        let (presented, credential) = choose(keys: ["k"], authorization: ["Bearer b"])
        #expect(presented.carrier == .keyHeader)
        #expect(presented.hasSecond)
        #expect(credential == "k")
        #expect(!choose(keys: ["k"], authorization: ["Basic b"]).0.hasSecond)
    }

    @Test func whatOccursTwiceIsAmbiguous() {
        #expect(choose(keys: ["a", "a"]).0.isAmbiguous)
        #expect(choose(keys: ["a,b"]).0.isAmbiguous)
        #expect(choose(authorization: ["Bearer a", "Bearer b"]).0.isAmbiguous)
        #expect(choose(authorization: ["Bearer a,Bearer b"]).0.isAmbiguous)
        #expect(choose(authorization: ["Basic a", "Bearer b"]).0.isAmbiguous)
    }

    @Test func anEmptyKeyIsPresentAndWrong() {
        #expect(choose(keys: [""]).0.carrier == .keyHeader)
        #expect(choose(authorization: ["Bearer"]).0.carrier == .bearer)
    }

    @Test(arguments: ["DPoP abc", "dpop abc", "DPOP   abc"])
    func aBoundTokenHasASchemeOfItsOwn(_ value: String) {
        let (presented, credential) = choose(authorization: [value])
        #expect(presented.carrier == .dpop)
        #expect(credential == "abc")
        #expect(presented.mayHoldToken)
    }

    @Test func aSchemeThatIsNotReadIsNobodys() {
        #expect(choose(authorization: ["DPoP abc"], schemes: .bearer).0.carrier == .none)
        #expect(!choose(authorization: ["DPoP abc"], schemes: .bearer).0.mayHoldToken)
        #expect(choose(authorization: ["Bearer abc"], schemes: .dpop).0.carrier == .none)
        #expect(choose(authorization: ["DPoPabc"]).0.carrier == .none)
        #expect(choose(authorization: ["DPo abc"]).0.carrier == .none)
    }

    @Test func aKeyGoesBeforeABoundTokenToo() {
        let (presented, credential) = choose(keys: ["k"], authorization: ["DPoP b"])
        #expect(presented.carrier == .keyHeader)
        #expect(presented.hasSecond)
        #expect(presented.mayHoldToken)
        #expect(credential == "k")
        #expect(choose(authorization: ["DPoP a", "Bearer a"]).0.isAmbiguous)
        #expect(choose(authorization: ["DPoP a,b"]).0.isAmbiguous)
    }
}
