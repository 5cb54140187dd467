import Testing

@testable import Outbound

@Suite struct CacheLifetimeTests {
    @Test(
        arguments: [
            (nil, nil, nil), ("", nil, nil), ("public", nil, nil), ("max-age=600", nil, 600),
            ("public, Max-Age=600, must-revalidate", nil, 600), ("max-age=\"600\"", nil, 600),
            (" max-age = 5 ", nil, 5),
            ("max-age=600", "100", 500), ("max-age=600", "700", 0), ("max-age=600", "x", 600),
            ("max-age=600, max-age=60", nil, 60), ("max-age=99999999999999999999", nil, .max),
            ("max-age=-1", nil, 0), ("max-age=", nil, 0), ("max-age=1.5", nil, 0), ("max-age", nil, nil),
            ("no-store", nil, 0), ("max-age=600, no-cache", nil, 0), ("s-maxage=600", nil, nil), (",,=,", nil, nil),
        ] as [(String?, String?, Int64?)])
    func theLifetimeIsWhatTheAnswerSays(cacheControl: String?, age: String?, seconds: Int64?) {
        #expect(CacheLifetime.seconds(cacheControl: cacheControl, age: age) == seconds)
    }
}
