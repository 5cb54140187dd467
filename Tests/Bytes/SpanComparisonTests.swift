import Bytes
import Testing

@Suite struct SpanComparisonTests {
    // Spans do not pass through the macros, so each question has its function.
    private func equals(_ text: String, _ other: StaticString) -> Bool { [UInt8](text.utf8).span.equals(other) }
    private func folds(_ text: String, _ other: StaticString) -> Bool {
        [UInt8](text.utf8).span.equalsIgnoringCase(other)
    }
    private func find(_ byte: UInt8, in text: String, from: Int) -> Int? {
        [UInt8](text.utf8).span.firstIndex(of: byte, from: from)
    }

    @Test func comparesExactly() {
        #expect(equals("host", "host"))
        #expect(!equals("Host", "host"))
        #expect(!equals("hos", "host"))
    }

    @Test func foldsLettersAndNothingElse() {
        #expect(folds("X-API-Key", "x-api-key"))
        // 0x40 and 0x60 differ in the same bit as letters do.
        #expect(!folds("@", "`"))
        #expect(!folds("[", "{"))
    }

    @Test func findsFromAPosition() {
        #expect(find(0x2F, in: "a/b/c", from: 2) == 3)
        #expect(find(0x2F, in: "a", from: 0) == nil)
    }

    @Test func digestsCompareWhole() {
        #expect(Digest256(1, 2, 3, 4) == Digest256(1, 2, 3, 4))
        for other in [Digest256(0, 2, 3, 4), Digest256(1, 0, 3, 4), Digest256(1, 2, 0, 4), Digest256(1, 2, 3, 0)] {
            #expect(other != Digest256(1, 2, 3, 4))
        }
    }
}
