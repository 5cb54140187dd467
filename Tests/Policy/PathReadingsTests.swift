import Bytes
import Testing

@testable import Policy

@Suite struct PathReadingsTests {
    private func read(_ path: String, _ rules: PathRules = PathRules()) -> (PathFault?, String, String) {
        var readings = PathReadings()
        let fault = readings.read([UInt8](path.utf8).span, rules: rules)
        return (fault, readings.kept.span.text(), readings.decoded.span.text())
    }

    @Test(arguments: [
        ("", PathFault.notAbsolute), ("a", .notAbsolute), ("*", .notAbsolute), ("/a/./b", .dotSegment),
        ("/a/../b", .dotSegment), ("/..", .dotSegment), ("/.", .dotSegment), ("/a/%2e%2E/b", .dotSegment),
        ("/%2e", .dotSegment), ("/.%2e/", .dotSegment), ("//a", .emptySegment), ("/a//b", .emptySegment),
        ("/a\\b", .backslash), ("/a%5Cb", .backslash), ("/a%5cb", .backslash), ("/a#b", .fragment),
        ("/a%23b", .fragment), ("/a%00b", .controlByte), ("/a%1Fb", .controlByte), ("/a%7fb", .controlByte),
        ("/a%", .invalidEscape), ("/a%4", .invalidEscape), ("/a%zz", .invalidEscape), ("/a%ff", .invalidUTF8),
        ("/%c0%ae", .invalidUTF8), ("/%ed%a0%80", .invalidUTF8), ("/a%25b", .encodedPercent),
        ("/a%252fb", .encodedPercent), ("/a;b", .parameter), ("/a%3Bb", .parameter), ("/a/..;/b", .parameter),
        ("/a%0d%0ab", .controlByte),
    ])
    func refuses(_ path: String, _ fault: PathFault) {
        #expect(read(path).0 == fault)
    }

    @Test(arguments: [
        ("/", "/", "/"), ("/a/b", "/a/b", "/a/b"), ("/a/", "/a/", "/a/"), ("/%61%2Db%7e", "/a-b~", "/a-b~"),
        ("/a%20b", "/a%20b", "/a b"), ("/tool%21x", "/tool%21x", "/tool!x"), ("/tool!x", "/tool!x", "/tool!x"),
        ("/caf%c3%a9", "/caf%C3%A9", "/café"), ("/café", "/caf%C3%A9", "/café"), ("/a.b/..c", "/a.b/..c", "/a.b/..c"),
        ("/...", "/...", "/..."), ("/a|b", "/a%7Cb", "/a|b"),
    ])
    func reads(_ path: String, _ kept: String, _ decoded: String) {
        #expect(read(path) == (nil, kept, decoded))
    }

    @Test func resolvesDotsWhereTold() {
        var rules = PathRules()
        rules.resolvesDots = true
        #expect(read("/a/./b/../c", rules).2 == "/a/c")
        #expect(read("/../../a", rules).2 == "/a")
        #expect(read("/a/..", rules).2 == "/")
        #expect(read("/a/b/.", rules).2 == "/a/b/")
        #expect(read("/a/%2e%2e/b", rules).2 == "/b")
    }

    @Test func mergesSlashesFoldsAndStripsWhereTold() {
        var rules = PathRules()
        rules.mergesSlashes = true
        rules.ignoresCase = true
        rules.strippedPrefix = [UInt8]("/api".utf8)
        #expect(read("//API///Admin/", rules).2 == "/admin/")
        #expect(read("/api", rules).2 == "/")
        #expect(read("/apix", rules).2 == "/apix")
    }

    @Test func keepsParametersWhereTold() {
        var rules = PathRules()
        rules.keepsParameters = true
        #expect(read("/a;v=1/b", rules).2 == "/a;v=1/b")
    }

    @Test func ordinaryBytesAreThoseOfRFC3986() {
        let ordinary = "!$&'()*+,-.0123456789:=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"
        for byte in UInt8.min...UInt8.max {
            #expect(PathByte.isOrdinary(byte) == ordinary.utf8.contains(byte), "byte \(byte)")
        }
    }
}
