import Testing

/// Words that may not stand in a folder, each with its reason.
@Suite struct WordTests {
    struct Ban {
        var word: String
        var folders: [String]
        var reason: String
        /// A file that must say it.
        var except = ""
    }

    private static let pure = ["Bytes", "Domain", "HTTPWire", "Credentials", "Policy", "Limits"].map { "Sources/\($0)" }

    static let bans: [Ban] = [
        Ban(word: "async ", folders: pure, reason: "pure rooms do not suspend (invariant 1)"),
        Ban(word: "await ", folders: pure, reason: "pure rooms do not suspend (invariant 1)"),
        Ban(word: "Logger", folders: pure, reason: "pure rooms do not log (invariant 1)"),
        Ban(word: "clock_gettime", folders: pure, reason: "now is an argument (invariant 1)"),
        Ban(word: "actor ", folders: ["Sources"], reason: "no actors between bytes in and bytes out (invariant 4)"),
        Ban(word: "TODO", folders: ["Sources", "Tests", "bench", "deploy"], reason: "finish it or leave it out"),
        Ban(word: "FIXME", folders: ["Sources", "Tests", "bench", "deploy"], reason: "finish it or leave it out"),
        Ban(word: "-Ounchecked", folders: ["Sources", "bench"], reason: "bounds checks are a security feature"),
        Ban(word: "fatalError(", folders: ["Sources"], reason: "a precondition says what was broken"),
        Ban(word: "try! ", folders: ["Sources"], reason: "an error is handled or passed on"),
        Ban(word: " as! ", folders: ["Sources"], reason: "a cast that can fail is asked"),
        Ban(
            word: "DispatchQueue", folders: ["Sources"], reason: "event loops are the only schedulers",
            // A parameter of NIO's protocol.
            except: "Sources/Sockets/SocketLoop+NIO.swift"),
    ]

    @Test(arguments: bans.indices)
    func staysOut(_ index: Int) {
        let ban = Self.bans[index]
        for folder in ban.folders {
            for file in SourceTree.files(under: folder)
            where !file.path.hasSuffix("Tidy/WordTests.swift") && file.path != ban.except {
                for (number, line) in file.lines.enumerated() where Self.code(line).contains(ban.word) {
                    Issue.record("\(file.path):\(number + 1): '\(ban.word)': \(ban.reason)")
                }
            }
        }
    }

    /// Names that say nothing about what a thing is.
    @Test(arguments: ["Manager", "Helper", "Util"])
    func typesAreNamedForWhatTheyAre(_ suffix: String) {
        for file in SourceTree.files(under: "Sources") {
            for line in file.lines {
                let words = Self.code(line).split(whereSeparator: { !$0.isLetter && !$0.isNumber })
                for (keyword, name) in zip(words, words.dropFirst())
                where ["struct", "class", "enum", "protocol"].contains(keyword) {
                    #expect(!name.hasSuffix(suffix) && !name.hasSuffix("\(suffix)s"), "\(file.path): \(name)")
                }
            }
        }
    }

    /// Only one room may know each of these.
    @Test(arguments: [
        ("redisReader", "Sources/RedisStore"), ("EVP_", "Sources/Credentials"),
        ("yaml_parser", "Sources/Configuration"),
    ])
    func staysInItsRoom(_ word: String, _ room: String) {
        let all = SourceTree.files(under: "Sources")
        let knowing = all.filter { file in file.lines.contains { Self.code($0).contains(word) } }
        #expect(!knowing.isEmpty)
        for file in knowing { #expect(file.path.hasPrefix(room + "/"), "\(file.path) knows \(word)") }
    }

    private static func code(_ line: Substring) -> Substring {
        line.trimmingPrefix(while: { $0 == " " }).hasPrefix("//") ? "" : line
    }
}
