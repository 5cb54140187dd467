/// What an error reply means (limits.md 23). All of them are *known unspent*, because the script validates first.
enum ReplyError: Equatable {
    /// NOSCRIPT: load the script and ask again.
    case scriptGone
    /// The engine cannot serve: counts for the breaker.
    case failure(RedisFailure)

    /// Redis wraps a command's error in the script's, so a code may stand anywhere in the text.
    static func classify(_ text: String) -> ReplyError {
        if text.hasPrefix("NOSCRIPT") { return .scriptGone }
        for (code, failure) in codes where contains(text, code) { return .failure(failure) }
        return .failure(.scriptRefused)
    }

    private static let codes: [(String, RedisFailure)] = [
        ("NOAUTH", .authentication), ("WRONGPASS", .authentication), ("NOPERM", .permission),
        ("READONLY", .replica), ("MASTERDOWN", .replica), ("LOADING", .loading), ("OOM", .outOfMemory),
        ("MISCONF", .persistence), ("BUSY", .busy), ("NOREPLICAS", .notEnoughReplicas),
        ("CLUSTERDOWN", .cluster), ("CROSSSLOT", .cluster), ("MOVED", .cluster), ("ASK", .cluster),
        ("TRYAGAIN", .cluster),
        // 7.0 says this in place of NOPERM when a script may not run a command or touch a key.
        ("ACL failure", .permission), ("can't run this command or subcommand", .permission),
        ("at least one of the keys", .permission),
    ]

    /// A code is a whole word: letters on neither side.
    private static func contains(_ text: String, _ code: String) -> Bool {
        let (text, code) = (Array(text.utf8), Array(code.utf8))
        guard text.count >= code.count else { return false }
        for start in 0...(text.count - code.count) where text[start..<(start + code.count)].elementsEqual(code) {
            let before = start > 0 && isLetter(text[start - 1])
            let after = start + code.count < text.count && isLetter(text[start + code.count])
            if !before && !after { return true }
        }
        return false
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
}
