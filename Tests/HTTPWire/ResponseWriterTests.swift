import Bytes
import HTTPWire
import Testing

struct ResponseWriterTests {
    private func text(_ write: (inout ByteWriter) -> Void) -> String {
        var writer = ByteWriter()
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test
    func aWholeAnswer() {
        let answer = text { writer in
            writer.write(status: .tooManyRequests)
            writer.write(field: "Cache-Control", "no-store")
            writer.write(field: "Retry-After", decimal: 36)
            writer.write(field: "RateLimit", Array("\"default\";r=0;t=36".utf8))
            writer.write(contentLength: 2)
            writer.writeConnection(keepsAlive: false, minorVersion: 1)
            writer.writeEndOfHead()
            writer.write("{}")
        }
        #expect(
            answer == """
                HTTP/1.1 429 Too Many Requests\r
                Cache-Control: no-store\r
                Retry-After: 36\r
                RateLimit: "default";r=0;t=36\r
                Content-Length: 2\r
                Connection: close\r
                \r
                {}
                """)
    }

    @Test(arguments: ResponseStatus.allCases)
    func everyStatusLineNamesItsStatus(_ status: ResponseStatus) {
        let line = text { $0.write(status: status) }
        #expect(line.hasPrefix("HTTP/1.1 \(status.rawValue) "))
        #expect(line.hasSuffix("\r\n") && line.utf8.count(where: { $0 < 0x20 }) == 2)
    }

    @Test
    func theInterimAnswer() {
        #expect(text { $0.writeContinue() } == "HTTP/1.1 100 Continue\r\n\r\n")
    }

    @Test
    func aConnectionIsNamedOnlyWhereItIsNews() {
        #expect(text { $0.writeConnection(keepsAlive: true, minorVersion: 1) } == "")
        #expect(text { $0.writeConnection(keepsAlive: false, minorVersion: 1) } == "Connection: close\r\n")
        #expect(text { $0.writeConnection(keepsAlive: true, minorVersion: 0) } == "Connection: keep-alive\r\n")
        #expect(text { $0.writeConnection(keepsAlive: false, minorVersion: 0) } == "Connection: close\r\n")
    }

    /// Of every byte there is, alone and in company, none gets a control byte into an answer.
    @Test
    func noValueEndsItsLine() throws {
        let name = try #require(FieldName(Array("X-Auth-User-Name".utf8)))
        for byte in UInt8.min...UInt8.max {
            for value in [[byte], Array("before".utf8) + [byte] + Array("after it".utf8), [byte, byte]] {
                var writer = ByteWriter()
                writer.write(field: "A", value)
                writer.write(field: "B", untrusted: value.span)
                writer.write(field: name, value.span)
                writer.write(field: name, untrusted: value.span)
                let controls = writer.bytes.filter { $0 < 0x20 && $0 != 9 || $0 == 0x7F }
                #expect(controls == [13, 10, 13, 10, 13, 10, 13, 10], "byte \(byte)")
            }
        }
    }

    @Test
    func valuesOfOursKeepAllButControls() {
        let value: [UInt8] = [0x61, 0x09, 0xC3, 0xA9, 0x25, 0x0D, 0x0A, 0x00, 0x7F]
        #expect(text { $0.write(value: value.span) } == "a\té%????")
        #expect(text { $0.write(value: [UInt8]().span) } == "")
    }

    @Test
    func valuesOfOthersAreEncoded() {
        let value = Array("Zoë, 100%\r\nX: y\t~".utf8)
        #expect(text { $0.write(untrusted: value.span) } == "Zo%C3%AB, 100%25%0D%0AX: y%09~")
        #expect(
            text { $0.write(untrusted: value.span, listItem: true) } == "Zo%C3%AB%2C 100%25%0D%0AX: y%09~")
    }

    @Test
    func onlyTokensAreNames() {
        #expect(FieldName(Array("X-Auth_User.Id~1".utf8)) != nil)
        for name in ["", "X A", "X:A", "X\r\n", "X\0", "é", "(X)"] {
            #expect(FieldName(Array(name.utf8)) == nil)
        }
        #expect(FieldName([UInt8](repeating: 0x61, count: FieldName.byteBound)) != nil)
        #expect(FieldName([UInt8](repeating: 0x61, count: FieldName.byteBound + 1)) == nil)
    }
}
