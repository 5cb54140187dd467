/// What an error reply means (limits.md 23). All of them are *known unspent*, because the script validates first.
enum ReplyError: Equatable {
    /// NOSCRIPT: load the script and ask again.
    case scriptGone
    /// Another node has the slot: for good, or for this one question. A host may be empty: the same as the asked one's.
    case moved(slot: Int, to: RedisEndpoint)
    case ask(RedisEndpoint)
    /// Some of the keys are here and some already elsewhere.
    case tryAgain
    /// The node is well, and nobody has the slot.
    case unserved
    /// The value under a key is of another type: the asker's trouble and not the engine's.
    case wrongType
    /// The engine cannot serve: counts for the breaker.
    case failure(RedisFailure)

    /// Redis wraps a command's error in the script's, so a code may stand anywhere in the text.
    static func classify(_ text: String) -> ReplyError {
        if contains(text, "NOSCRIPT") { return .scriptGone }
        if contains(text, "WRONGTYPE") { return .wrongType }
        if let redirect = redirect(text) { return redirect }
        for (code, failure) in codes where contains(text, code) { return .failure(failure) }
        return .failure(.scriptRefused)
    }

    /// `MOVED 3999 host:port`, `ASK 3999 host:port`, TRYAGAIN, and the two kinds of CLUSTERDOWN.
    private static func redirect(_ text: String) -> ReplyError? {
        if contains(text, "TRYAGAIN") { return .tryAgain }
        if contains(text, "CLUSTERDOWN") {
            return contains(text, "slot not served") ? .unserved : .failure(.cluster)
        }
        let words = text.split(separator: " ")
        guard let verb = words.firstIndex(where: { $0 == "MOVED" || $0 == "ASK" }), verb + 2 < words.count,
            let slot = Int(words[verb + 1]), (0..<HashSlot.count).contains(slot),
            let endpoint = endpoint(words[verb + 2])
        else { return nil }
        return words[verb] == "ASK" ? .ask(endpoint) : .moved(slot: slot, to: endpoint)
    }

    /// The last colon parts them, as an IPv6 address has no brackets here.
    private static func endpoint(_ text: Substring) -> RedisEndpoint? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65_535).contains(port)
        else { return nil }
        return .tcp(host: String(text[..<colon]), port: port)
    }

    private static let codes: [(String, RedisFailure)] = [
        ("NOAUTH", .authentication), ("WRONGPASS", .authentication), ("NOPERM", .permission),
        ("READONLY", .replica), ("MASTERDOWN", .replica), ("LOADING", .loading), ("OOM", .outOfMemory),
        ("MISCONF", .persistence), ("BUSY", .busy), ("NOREPLICAS", .notEnoughReplicas),
        ("CROSSSLOT", .cluster), ("MOVED", .cluster), ("ASK", .cluster),
        ("max number of clients", .tooManyClients), ("DENIED", .permission),
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
