import Domain
import Testing

@Suite struct AddressParserTests {
    private func parse(_ text: String) -> ClientAddress? { AddressParser.parse([UInt8](text.utf8).span) }
    private func block(_ text: String) -> AddressBlock? { AddressParser.parseBlock([UInt8](text.utf8).span) }

    @Test(arguments: ["1.2.3.4", "1.2.3.4:80", "::ffff:1.2.3.4", "[::ffff:1.2.3.4]:443", "::ffff:102:304"])
    func readsIPv4InEveryForm(_ text: String) {
        #expect(parse(text) == ClientAddress(ipv4: 0x0102_0304))
    }

    @Test(arguments: [
        ("::", UInt64(0), UInt64(0)), ("::1", 0, 1), ("1::", 0x0001_0000_0000_0000, 0),
        ("2001:db8::8:800:200c:417a", 0x2001_0DB8_0000_0000, 0x0008_0800_200C_417A),
        ("1:2:3:4:5:6:7:8", 0x0001_0002_0003_0004, 0x0005_0006_0007_0008),
        ("fe80::1%eth0", 0xFE80_0000_0000_0000, 1), ("[2001:db8::1]:8080", 0x2001_0DB8_0000_0000, 1),
        ("1:2:3:4:5:6:7::", 0x0001_0002_0003_0004, 0x0005_0006_0007_0000),
    ])
    func readsIPv6(_ text: String, _ high: UInt64, _ low: UInt64) {
        #expect(parse(text) == ClientAddress(high: high, low: low))
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4:", "1.2.3.4:99999", "1.2.3.x", ":", ":::",
        "1::2::3",
        "1:2:3:4:5:6:7:8:9", "12345::", "g::", "[::1", "[::1]x", "1:2:3:4:5:6:7:1.2.3.4", "unknown", "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8::", "1:", "::1.2.3",
    ])
    func refuses(_ text: String) {
        #expect(parse(text) == nil)
    }

    @Test func knowsWhatABlockHolds() throws {
        let ten = try #require(block("10.0.0.0/8"))
        #expect(ten.contains(ClientAddress(ipv4: 0x0AFF_FFFF)))
        #expect(!ten.contains(ClientAddress(ipv4: 0x0B00_0000)))
        #expect(!ten.contains(.unknown))
        let documentation = try #require(block("2001:db8::/32"))
        #expect(documentation.contains(try #require(parse("2001:db8:ffff::1"))))
        #expect(!documentation.contains(try #require(parse("2001:db9::1"))))
        #expect(try #require(block("::/0")).contains(ClientAddress(ipv4: 1)))
        #expect(try #require(block("127.0.0.1")).contains(ClientAddress(ipv4: 0x7F00_0001)))
    }

    @Test(arguments: ["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "2001:db8::/129"])
    func refusesBlocks(_ text: String) {
        #expect(block(text) == nil)
    }

    @Test func countsIPv6ByItsSlash64() throws {
        let one = try #require(parse("2001:db8::1")).network
        #expect(one == (try #require(parse("2001:db8::ffff:1"))).network)
        #expect(one != (try #require(parse("2001:db8:0:1::1"))).network)
        #expect(ClientAddress(ipv4: 1).network != ClientAddress(ipv4: 2).network)
        #expect(!ClientAddress.unknown.network.isKnown)
    }
}
