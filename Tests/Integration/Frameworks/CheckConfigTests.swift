import Testing

/// `postern check-config` of the frameworks' files: it says whose it takes a file for.
@Suite(.needs(.postern)) struct CheckConfigTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func check(_ text: String, _ arguments: [String] = []) throws -> Command {
        let file = try scratch.write(text, to: "f.yaml")
        let variables = [
            "DOCKRION_API_KEY=key-0123456789abc", "JWT_ALGORITHM=HS256",
            "JWT_SECRET_KEY=0123456789abcdef0123456789abcdef",
        ]
        return try Command(
            "env", variables + [Tool.postern.locate(), "check-config", file] + arguments, scratch: scratch)
    }

    @Test(arguments: [
        ("auth: {mode: none}\n", ""),
        ("agent: {name: a}\nio_schema: {}\nauth: {mode: api_key}\n", ", a file of Dockrion"),
        ("auth: {api_keys: [{name: a, key: key-0123456789abc}]}\n", ", a file of Agent Gateway"),
        ("{\"agent\": \"a:b\", \"auth\": \"jwt\"}\n", ", a file of AgentFlow"),
    ])
    func saysWhoseTheFileIs(_ text: String, _ expected: String) throws {
        let said = try check(text)
        #expect(said.status == 0, "\(said.errors)")
        #expect(said.output == "\(scratch.file("f.yaml")): ok\(expected)\n")
    }

    /// Where nothing is right it matters most, for it may have been taken for the wrong one.
    @Test func saysSoOfABadFileToo() throws {
        let text = "server: {}\nauth: {mode: apikey}\n"
        let said = try check(text)
        #expect(said.status == 78)
        #expect(said.output.isEmpty)
        #expect(said.errors.hasSuffix("\(scratch.file("f.yaml")): read as a file of Agent Gateway\n"))
        #expect(said.errors.contains("f.yaml:2:14: "))
        let other = try check(text, ["--format", "dockrion"])
        #expect(other.status == 78)
        #expect(other.errors.hasSuffix("read as a file of Dockrion\n"))
        let native = try check(text, ["--format", "native"])
        #expect(native.status == 78)
        #expect(!native.errors.contains("read as"))
    }

    /// The shell wins over `.env`, and later files over earlier ones.
    @Test func readsTheFilesOfVariablesBesideIt() throws {
        let text = "agent: {name: a}\nio_schema: {}\nauth: {mode: api_key, api_keys: {env_var: BESIDE_KEY}}\n"
        #expect(try check(text).errors.contains("BESIDE_KEY is not set"))
        try scratch.write("BESIDE_KEY=0123456789abcdef\n", to: ".env")
        #expect(try check(text).status == 0)
        try scratch.write("BESIDE_KEY=\n", to: ".env.local")
        #expect(try check(text).errors.contains("BESIDE_KEY is empty"))
        try scratch.write("secrets:\n  BESIDE_KEY: &k 0123456789abcdef\n  OTHER: *k\n", to: "env.yaml")
        #expect(try check(text).status == 0)
    }
}
