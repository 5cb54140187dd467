import Bytes
import Testing

@Suite struct ByteWriterTests {
    private func written(_ body: (inout ByteWriter) -> Void) -> String {
        var writer = ByteWriter()
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test(arguments: [0, 9, 10, 99, 100, 1_234_567_890, UInt64.max])
    func writesDecimals(_ value: UInt64) {
        #expect(written { $0.write(decimal: value) } == "\(value)")
    }

    /// Where a digit more begins, and beside every power of two, by whose number the digits are guessed.
    @Test func writesDecimalsOfEveryLength() {
        var values: Set<UInt64> = []
        for exponent in 0..<64 { values.formUnion([(1 << exponent) - 1, 1 << exponent]) }
        for length in 1...19 {
            values.formUnion(
                ["9", "1"].map { UInt64($0 + String(repeating: $0 == "9" ? "9" : "0", count: length - 1)) ?? 0 })
        }
        for value in values { #expect(written { $0.write(decimal: value) } == "\(value)") }
    }

    @Test(arguments: [Int64.min, -1, 0, 42, Int64.max])
    func writesSignedDecimals(_ value: Int64) {
        #expect(written { $0.write(decimal: value) } == "\(value)")
    }

    @Test func writesEscapesInUpperCase() {
        #expect(written { $0.write(escaped: 0x2F) } == "%2F")
        #expect(written { $0.write(escaped: 0xAB) } == "%AB")
    }

    @Test func clearingKeepsTheMemory() {
        var writer = ByteWriter()
        writer.write("something long enough to be on the heap")
        writer.write([UInt8](repeating: 1, count: 1_000))
        let memory = writer.withUnsafeBytes { $0.baseAddress }
        writer.clear()
        #expect(writer.count == 0)
        writer.write([UInt8](repeating: 2, count: 1_000))
        #expect(writer.withUnsafeBytes { $0.baseAddress } == memory)
        #expect(writer.bytes == ContiguousArray(repeating: 2, count: 1_000))
    }

    @Test func escapesWhatJSONMustNotHold() {
        #expect(written { $0.write(json: "a\"b\\c\n\u{1}\u{7f}é") } == "\"a\\\"b\\\\c\\n\\u0001\\u007Fé\"")
        #expect(written { $0.write(asciiJSON: "é😀") } == "\"\\u00E9\\uD83D\\uDE00\"")
    }

    @Test func writesDigestsInHex() {
        let digest = Digest128(high: 0x0123_4567_89AB_CDEF, low: 1)
        #expect(written { digest.writeHex(to: &$0) } == "0123456789abcdef0000000000000001")
    }
}
