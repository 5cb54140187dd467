import Bytes
import Domain
import Testing

@testable import Sidecar

@Suite struct WrittenPathTests {
    @Test(arguments: [
        ("/a/b", "/a/b"), ("/a#token", "/a"), ("/#", "/"), ("token", ""), ("", ""), ("#token", ""),
    ])
    func writesWhatIsPathAndNothingElse(_ path: String, _ expected: String) {
        let bytes = Array("GET \(path)".utf8)
        var request = CheckRequest(dialect: .envoy)
        request.path = ByteRange(start: 4, count: path.utf8.count)
        let range = request.writtenPath(bytes.span)
        #expect(String(decoding: bytes[range.bounds], as: UTF8.self) == expected)
        // Of bytes that are gone, nothing.
        let none = request.writtenPath(Array("GET".utf8).span)
        #expect(none.isEmpty)
    }
}
