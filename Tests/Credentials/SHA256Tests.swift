import Bytes
import Testing

@testable import Credentials

@Suite struct SHA256Tests {
    /// FIPS 180-4 examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func digests(_ text: String, _ hex: String) {
        let expected = Digest256(hex: [UInt8](hex.utf8).span)
        let digest = SHA256().digest([UInt8](text.utf8).span)
        #expect(digest == expected)
    }

    /// Where FIPS is on, digests come another way; they are the same.
    @Test func aProviderMakesTheSameDigests() {
        let (direct, provided) = (SHA256(throughProvider: false), SHA256(throughProvider: true))
        for count in [0, 1, 55, 56, 63, 64, 65, 1_000] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            #expect(direct.digest(bytes.span) == provided.digest(bytes.span))
            #expect(direct.digest(kind: "k", value: bytes.span) == provided.digest(kind: "k", value: bytes.span))
        }
    }

    @Test(arguments: [false, true])
    func oneContextServesManyDigests(_ throughProvider: Bool) {
        let sha256 = SHA256(throughProvider: throughProvider)
        let first = sha256.digest([1].span)
        _ = sha256.digest([2].span)
        let again = sha256.digest([1].span)
        #expect(again == first)
    }

    @Test func kindsDoNotRunIntoValues() {
        let sha256 = SHA256()
        let (letters, none) = ([0x62] as [UInt8], [] as [UInt8])
        let apart = sha256.digest(kind: "a", value: letters.span)
        let together = sha256.digest(kind: "ab", value: none.span)
        let plain = sha256.digest([0x61, 0, 0x62].span)
        #expect(apart != together)
        #expect(apart == plain)
    }

    @Test func digestsAddressesInTheOrderOfTheirBytes() {
        let words: InlineArray<2, UInt64> = [
            UInt64(0x0102_0304_0506_0708).bigEndian, UInt64(0x090A_0B0C_0D0E_0F10).bigEndian,
        ]
        let sha256 = SHA256()
        let bytes = sha256.digest(kind: "k", value: Array(1...16).span)
        #expect(sha256.digest(kind: "k", words: words) == bytes)
    }

    @Test(arguments: ["", "00", String(repeating: "g", count: 64), String(repeating: "0", count: 65)])
    func refusesWhatIsNotADigest(_ hex: String) {
        let digest = Digest256(hex: [UInt8](hex.utf8).span)
        #expect(digest == nil)
    }
}
