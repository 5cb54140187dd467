import Bytes
import Testing

@testable import Credentials

@Suite struct RequestURLTests {
    private func normalized(_ text: String) -> String? {
        RequestURL.normalized([UInt8](text.utf8).span).map { $0.span.text() }
    }

    @Test(arguments: [
        ("https://x/a", "https://x/a"), ("HTTPS://X.Example:443/A?q=1#f", "https://x.example/A"),
        ("http://x:80", "http://x/"), ("http://x:8080/", "http://x:8080/"), ("https://x:80/", "https://x:80/"),
        ("https://x:/", "https://x/"), ("https://x?q", "https://x/"), ("https://x#f", "https://x/"),
        ("https://x/%7Ea%2f%c3%a9%41", "https://x/~a%2F%C3%A9A"), ("https://[::1]:443/", "https://[::1]/"),
        ("https://x/a/../b", "https://x/a/../b"), ("https://x//", "https://x//"),
    ])
    func normalizes(_ url: String, _ expected: String) {
        #expect(normalized(url) == expected)
    }

    @Test(arguments: [
        "", "x", "/a", "ftp://x/", "https:/x", "https:x", "https://", "https://:443/", "https:///a", "https://u@x/",
        "https://x/%", "https://x/%4", "https://x/%4g", "https://x/a b", "https://x/é", "https://x/\u{0}",
        "https://x y/",
        "javascript:alert(1)",
    ])
    func refuses(_ url: String) {
        #expect(normalized(url) == nil)
    }
}
