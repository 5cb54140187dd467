import Configuration
import Testing

/// The nearest right spelling, as an unknown key at the top of a file shows it.
@Suite struct SpellingTests {
    private func said(_ key: String) -> String {
        SettingsLoader.load(text: Array("auth: {mode: none}\n\(key): 1\n".utf8), name: "f", environment: [:]).said
    }

    @Test(arguments: [
        ("worker", "workers"), ("wrokers", "workers"), ("WORKERS", "workers"), ("trustedproxies", "trusted_proxies"),
        ("trusted-proxy", "trusted_proxies"), ("route", "routes"), ("limit", "limits"), ("rdis", "redis"),
        ("lgo", "log"), ("unmatch", "unmatched"), ("drain_second", "drain_seconds"), ("lissten", "listen"),
    ])
    func nearest(_ wrong: String, _ right: String) {
        #expect(said(wrong) == "2:1: unknown key `\(wrong)`; did you mean `\(right)`?")
    }

    @Test(arguments: ["banana", "a", "x-y-z", "limitsandroutes", "logs_of_everything"])
    func nothingIsNear(_ wrong: String) {
        #expect(said(wrong).hasPrefix("2:1: unknown key `\(wrong)`; known are listen, admin,"))
    }

    /// A word with digits, or a long one, might be a secret out of its place.
    @Test(arguments: ["sk_live_0123456789", "abcdefghijklmnopqrstuvwxyzabcdefghijkl", "key4"])
    func whatMightBeSecretIsNotRepeated(_ wrong: String) {
        #expect(said(wrong).hasPrefix("2:1: unknown key; known are listen, admin,"))
    }
}
