import Bytes
import HTTPWire
import Testing

/// What vectors cannot say: bounds other than the default, one value used for many requests, tokens.
struct HeadParserTests {
    private func parse(
        _ text: String, bounds: HeadBounds = HeadBounds(), into head: inout RequestHead
    ) -> HeadOutcome {
        var parser = HeadParser(bounds: bounds)
        let bytes = Array(text.utf8)
        return parser.parse(bytes.span, into: &head)
    }

    @Test
    func boundsAreInclusive() {
        let text = "GET / HTTP/1.0\r\nA: b\r\nC: d\r\n\r\n"
        var head = RequestHead()
        let count = text.utf8.count
        #expect(parse(text, bounds: HeadBounds(bytes: count, fields: 2), into: &head) == .complete)
        #expect(
            parse(text, bounds: HeadBounds(bytes: count - 1, fields: 2), into: &head) == .refused(.headTooLarge))
        #expect(parse(text, bounds: HeadBounds(bytes: count, fields: 1), into: &head) == .refused(.tooManyFields))
    }

    /// Every shorter bound refuses, and none reads past itself.
    @Test
    func everyShorterBoundRefuses() {
        let text = "\r\nGET /a HTTP/1.1\r\nHost: a\r\nX-Long-Name: some value\r\n\r\n"
        var head = RequestHead()
        for bytes in 1..<text.utf8.count {
            #expect(parse(text, bounds: HeadBounds(bytes: bytes), into: &head) == .refused(.headTooLarge))
        }
    }

    @Test
    func aRefusalStaysUntilReset() {
        var parser = HeadParser()
        var head = RequestHead()
        let bad = Array("GET /\n".utf8)
        let good = Array("GET / HTTP/1.0\r\n\r\n".utf8)
        #expect(parser.parse(bad.span, into: &head) == .refused(.bareLineFeed))
        #expect(parser.parse(good.span, into: &head) == .refused(.bareLineFeed))
        parser.reset()
        #expect(parser.parse(good.span, into: &head) == .complete)
    }

    @Test
    func nothingIsLeftOfTheRequestBefore() {
        var parser = HeadParser()
        var head = RequestHead()
        let first = Array(
            "\r\nPOST /a HTTP/1.1\r\nHost: a\r\nHost2: b\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n".utf8)
        let second = Array("GET / HTTP/1.0\r\nA: b\r\n\r\n".utf8)
        #expect(parser.parse(first.span, into: &head) == .complete)
        #expect(head.expectsContinue && head.contains(.host) && head.keepsAlive)
        #expect(parser.parse(second.span, into: &head) == .complete)
        #expect(HeadReading(head, in: second).verdict == "accepted GET / 1.0 none close")
        #expect(head.fields.count == 1)
        #expect(!head.contains(.host) && !head.contains(.expect) && head.value(of: .contentLength) == nil)
    }

    @Test
    func tokensAreFoundAndCounted() {
        var head = RequestHead()
        let text = "GET / HTTP/1.1\r\nhost: a\r\nX-Api-Key: 1\r\nx-other: 2\r\nX-API-KEY: 3\r\nx-other: 4\r\n\r\n"
        #expect(parse(text, into: &head) == .complete)
        #expect(head.fields.map(\.token) == [.host, .xAPIKey, .other, .xAPIKey, .other])
        #expect(head.isRepeated(.xAPIKey) && head.isRepeated(.other) && !head.isRepeated(.host))
        #expect(head.contains(.xAPIKey) && !head.contains(.authorization))
        #expect(head.value(of: .xAPIKey) == head.fields[1].value)
        #expect(head.value(of: .authorization) == nil)
    }
}
