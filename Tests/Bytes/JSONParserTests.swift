import Bytes
import Testing

@Suite struct JSONParserTests {
    private func fault(_ text: String, depthMax: Int = 32) -> JSONFault? { fault([UInt8](text.utf8), depthMax) }

    private func fault(_ bytes: [UInt8], _ depthMax: Int = 32) -> JSONFault? {
        do throws(JSONFault) {
            _ = try JSONParser.parse(bytes.span, depthMax: depthMax)
            return nil
        } catch {
            return error
        }
    }

    private func parse(_ text: String) throws -> JSONValue { try JSONParser.parse([UInt8](text.utf8).span) }

    @Test func readsEveryKindOfValue() throws {
        let value = try parse(" { \"a\" : [ null , true,false,\t-1.5e3 , \"x\" ] ,\r\n \"b\":{} } ")
        let object = try #require(value.object)
        #expect(object.members.map(\.key) == ["a", "b"])
        let elements = try #require(object["a"]?.elements)
        #expect(elements.count == 5)
        #expect(elements[0] == .null)
        #expect(elements[1].flag == true)
        #expect(elements[2].flag == false)
        #expect(elements[4].text == "x")
        guard case .number(let number) = elements[3] else { throw JSONFault(.badNumber, at: 0) }
        #expect(number.text == "-1.5e3")
        #expect(number.double == -1500)
        #expect(object["b"]?.object?.isEmpty == true)
        #expect(object["c"] == nil)
    }

    @Test(arguments: [
        ("", JSONFault.Kind.unexpectedEnd, 0), (" ", .unexpectedEnd, 1), ("{", .unexpectedEnd, 1),
        ("[1", .unexpectedEnd, 2), ("{\"a\"", .unexpectedEnd, 4), ("{\"a\":", .unexpectedEnd, 5),
        ("\"a", .unexpectedEnd, 2), ("\"\\", .unexpectedEnd, 2),
        ("nul", .unexpectedByte, 0), ("True", .unexpectedByte, 0), ("[1,]", .unexpectedByte, 3),
        ("{\"a\":1,}", .unexpectedByte, 7), ("{a:1}", .unexpectedByte, 1), ("{1:1}", .unexpectedByte, 1),
        ("[1 2]", .unexpectedByte, 3), ("{\"a\" 1}", .unexpectedByte, 5), ("[,1]", .unexpectedByte, 1),
        ("NaN", .unexpectedByte, 0), ("'a'", .unexpectedByte, 0), ("\u{FEFF}{}", .unexpectedByte, 0),
        ("01", .badNumber, 0), ("-", .badNumber, 0), ("1.", .badNumber, 0), ("1e", .badNumber, 0),
        ("1e+", .badNumber, 0), ("-01", .badNumber, 0), (".5", .unexpectedByte, 0), ("+1", .unexpectedByte, 0),
        ("\"\\x\"", .badEscape, 1), ("\"\\u12G4\"", .badEscape, 1), ("\"\\u12", .badEscape, 1),
        ("\"\\ud800\"", .loneSurrogate, 1), ("\"\\ud800\\u0041\"", .loneSurrogate, 1),
        ("\"\\udc00\"", .loneSurrogate, 1), ("\"\\ud800x\"", .loneSurrogate, 1),
        ("\"a\u{1}\"", .controlByte, 2), ("\"\\n\n\"", .controlByte, 3), ("\"\t\"", .controlByte, 1),
        ("{} {}", .trailingBytes, 3), ("1 2", .trailingBytes, 2), ("{}\0", .trailingBytes, 2),
        ("{\"a\":1,\"a\":2}", .duplicateMember, 7), ("{\"a\":1,\"\\u0061\":2}", .duplicateMember, 7),
        ("[{\"\":1,\"\":2}]", .duplicateMember, 7),
    ])
    func refuses(_ text: String, _ kind: JSONFault.Kind, _ offset: Int) {
        #expect(fault(text) == JSONFault(kind, at: offset))
    }

    @Test(
        arguments: [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80],
        ] as [[UInt8]])
    func refusesWhatIsNotUTF8(_ bytes: [UInt8]) {
        #expect(fault([0x22] + bytes + [0x22])?.kind == .badUTF8)
        #expect(fault([0x22, 0x5C, 0x6E] + bytes + [0x22])?.kind == .badUTF8)
        #expect(fault([0x7B, 0x22] + bytes + [0x22, 0x3A, 0x31, 0x7D])?.kind == .badUTF8)
    }

    @Test func boundsNesting() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(fault(nested(32)) == nil)
        #expect(fault(nested(33)) == JSONFault(.tooDeep, at: 32))
        #expect(fault(String(repeating: "[{\"a\":", count: 8000))?.kind == .tooDeep)
        #expect(fault("[]", depthMax: 0)?.kind == .tooDeep)
        #expect(fault("1", depthMax: 0) == nil)
    }

    @Test func readsEscapes() throws {
        #expect(try parse(#""\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00x""#).text == "\"\\/\u{8}\u{C}\n\r\tAé😀x")
        #expect(try parse("\"\\u0000\"").text == "\0")
    }

    @Test func findsDuplicatesAmongManyMembers() {
        let members = (0..<200).map { "\"m\($0)\":\($0)" }
        #expect(fault("{" + members.joined(separator: ",") + "}") == nil)
        for again in [0, 10, 100, 198] {
            #expect(
                fault("{" + (members + ["\"m\(again)\":0"]).joined(separator: ",") + "}")?.kind == .duplicateMember)
        }
    }

    /// Canonical equivalents are two names: an `é` of one scalar and one of two.
    @Test func comparesNamesByTheirBytes() throws {
        let object = try #require(try parse("{\"\u{E9}\":1,\"e\u{301}\":2}").object)
        #expect(object["\u{E9}"] == .number(JSONNumber(1)))
        #expect(object["e\u{301}"] == .number(JSONNumber(2)))
    }

    @Test(arguments: [
        ("0", 0 as Int64?), ("-0", 0), ("9223372036854775807", .max), ("-9223372036854775808", .min),
        ("9223372036854775808", nil), ("1.0", nil), ("1e3", nil), ("1E400", nil),
    ])
    func keepsNumbersExactly(_ text: String, _ integer: Int64?) throws {
        guard case .number(let number) = try parse(text) else { throw JSONFault(.badNumber, at: 0) }
        #expect(number.integer == integer)
        #expect(number.text == text)
    }

    @Test func writesWhatItRead() throws {
        let text = "{\"a\":[null,true,false,-1.50e3,\"x\\n\\\"\"],\"b\":{\"c\":{}},\"é\":[]}"
        var writer = ByteWriter()
        writer.write(try parse(text))
        #expect(writer.bytes.span.text() == text)
    }
}
