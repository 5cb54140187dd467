import Bytes
import Credentials
import Testing

@Suite struct KeyTextTests {
    private struct Counter: RandomNumberGenerator {
        var state: UInt64 = 7

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state
        }
    }

    private func keys(_ count: Int) -> [[UInt8]] {
        var random = Counter()
        return (0..<count).map { _ in KeyText.generate(using: &random) }
    }

    /// CRC-32 of "123456789" is 0xCBF43926 in every implementation; here by way of a key whose checksum was computed
    /// by another program (Python's zlib.crc32, in base 62).
    @Test func theChecksumIsWhatOtherProgramsCompute() {
        let key = "pstn_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefCHECKS"
        let whole = key.replacing("CHECKS", with: "\(Self.checksum)")
        #expect(!isMistyped(Array(whole.utf8)))
    }

    private func isMistyped(_ key: [UInt8]) -> Bool { KeyText.isMistyped(key.span) }

    /// zlib.crc32(b"pstn_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef"), six digits of 0-9A-Za-z.
    private static let checksum = "3Wf3Js"

    @Test func everyGeneratedKeyIsGoodAndNoTwoAreOne() {
        let keys = keys(1_000)
        #expect(Set(keys).count == 1_000)
        for key in keys {
            let isKind = KeyText.isKind(key.span)
            #expect(key.count == KeyText.count && isKind && !isMistyped(key))
        }
    }

    @Test func everySingleTypingErrorAndEverySwapIsSeen() {
        for key in keys(20) {
            for index in 5..<key.count {
                for other in [UInt8(ascii: "0"), UInt8(ascii: "z"), UInt8(ascii: "-")] where key[index] != other {
                    var wrong = key
                    wrong[index] = other
                    #expect(isMistyped(wrong))
                }
                guard index + 1 < key.count, key[index] != key[index + 1] else { continue }
                var swapped = key
                swapped.swapAt(index, index + 1)
                #expect(isMistyped(swapped))
            }
            #expect(isMistyped(key.dropLast()))
            #expect(isMistyped(key + [0x41]))
        }
    }

    @Test(arguments: ["", "pstn", "PSTN_abc", "sk-0123456789", "pstx_0123456789"])
    func otherKeysAreNotHeldToIt(_ text: String) {
        #expect(!isMistyped(Array(text.utf8)))
    }
}
