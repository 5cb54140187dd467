import Testing

@testable import Configuration

/// One edit of one file, byte by byte.
@Suite struct AuthChangeTests {
    struct Example: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let before: String
        let after: String
        var words = ConfigurationFormat.native
        let change: AuthChange

        init(
            _ name: String, _ before: String, _ after: String, _ words: ConfigurationFormat = .native,
            _ change: @Sendable (inout AuthChange) -> Void
        ) {
            (testDescription, self.before, self.after, self.words) = (name, before, after, words)
            var made = AuthChange()
            change(&made)
            self.change = made
        }
    }

    static let native = [
        Example("empty", "", "auth:\n  mode: api_key\n  api_keys:\n    env_var: POSTERN_API_KEY\n") { _ in },
        Example("comments only", "# hello", "# hello\nauth:\n  mode: none") { $0.mode = "none" },
        Example(
            "behind the last section and its comments", "a:\n  - b\n  # - c\n# end\n",
            "a:\n  - b\n  # - c\nauth:\n  mode: none\n# end\n"
        ) { $0.mode = "none" },
        Example(
            "CR LF and no last line break", "workers: 1 # one\r\nlog: {level: info}",
            "workers: 1 # one\r\nlog: {level: info}\r\nauth:\r\n  mode: api_key\r\n  api_keys:\r\n    env_var: K"
        ) { $0.envVar = "K" },
        Example(
            "byte order mark", "\u{FEFF}workers: 1\n", "\u{FEFF}workers: 1\nauth:\n  mode: none\n"
        ) { $0.mode = "none" },
        Example(
            "one word, in its quotes, before its comment", "auth:\n    mode:   'none'   # for now\n    realm: x\n",
            "auth:\n    mode:   'jwt'   # for now\n    realm: x\n"
        ) { $0.mode = "jwt" },
        Example(
            "keys beside others, at the file's own step",
            "admin:\n    address: 127.0.0.1:1\nauth:\n    mode: api_key\n    # keys\n    api_keys:\n        prefix: TEAM_\n",
            "admin:\n    address: 127.0.0.1:1\nauth:\n    mode: api_key\n    # keys\n    api_keys:\n        prefix: TEAM_\n"
                + "        header: X-Key\n"
        ) { $0.header = "X-Key" },
        Example(
            "flow", "auth: {mode: none, realm: \"a, b\"} # flow\nworkers: 1\n",
            "auth: {mode: api_key, realm: \"a, b\", api_keys: {env_var: K, header: X-Key}} # flow\nworkers: 1\n"
        ) { ($0.mode, $0.envVar, $0.header) = ("api_key", "K", "X-Key") },
        Example("nothing behind the key", "auth:  # soon\nworkers: 1\n", "auth:  # soon\n  mode: none\nworkers: 1\n") {
            $0.mode = "none"
        },
        Example("null behind the key", "auth: ~  # soon\n", "auth:  # soon\n  mode: none\n") { $0.mode = "none" },
        Example(
            "providers come", "auth:\n  mode: api_key # both\n",
            "auth:\n  mode: composite # both\n  providers: [api_key, jwt]\n  jwt:\n    jwks_url: https://i/jwks\n    audience: me\n"
        ) {
            ($0.mode, $0.providers, $0.jwksURL, $0.audience) = (
                "composite", ["api_key", "jwt"], "https://i/jwks", "me"
            )
        },
        Example(
            "providers go with composite",
            "auth:\n  mode: composite\n  providers:   # order\n    - api_key\n    - jwt   # then\n    # - mtls\n  realm: x\n",
            "auth:\n  mode: none\n  realm: x\n"
        ) { $0.mode = "none" },
        Example(
            "a list becomes another",
            "auth:\n  mode: composite\n  providers:   # order\n  - api_key\n  - jwt   # then\n",
            "auth:\n  mode: composite\n  providers: [jwt, mtls]   # order\n"
        ) { $0.providers = ["jwt", "mtls"] },
        Example(
            "removed with what is inside",
            "# top\nauth: &x\n  mode: none\n\n  # inside\n  realm: x # r\n  # behind\n# end\nlog: {}\n",
            "# top\n# end\nlog: {}\n"
        ) { $0.removes = true },
        Example("removed from braces", "{workers: 1, auth: {mode: none}, log: {}}", "{workers: 1, log: {}}") {
            $0.removes = true
        },
        Example("removed from the end of braces", "{workers: 1, auth: {mode: none}}", "{workers: 1}") {
            $0.removes = true
        },
        Example(
            "JSON, on lines of its own", "{\n\t\"workers\": 1,\n\t\"auth\": {\n\t\t\"mode\": \"none\"\n\t}\n}\n",
            "{\n\t\"workers\": 1,\n\t\"auth\": {\n\t\t\"mode\": \"api_key\",\n\t\t\"api_keys\": {\"env_var\": \"K\"}\n\t}\n}\n"
        ) { ($0.mode, $0.envVar) = ("api_key", "K") },
        Example("JSON without anything", "{}", "{\"auth\": {\"mode\": \"none\"}}") { $0.mode = "none" },
        Example("what is there already", "auth: {mode: \"none\"}", "auth: {mode: \"none\"}") { $0.mode = "none" },
        Example(
            "text that needs quotes", "auth:\n  mode: jwt\n", "auth:\n  mode: jwt\n  jwt:\n    audience: \"yes\"\n"
        ) { $0.audience = "yes" },
        Example(
            "an anchor nobody uses, and a tag", "auth: &a\n  mode: &m !!str none\nlog: {level: &l info}\nx: *l\n",
            "auth: &a\n  mode: &m !!str jwt\nlog: {level: &l info}\nx: *l\n"
        ) { $0.mode = "jwt" },
        Example(
            "a merge key stays", "d: &d {mode: none}\nauth:\n  <<: *d\n",
            "d: &d {mode: none}\nauth:\n  <<: *d\n  mode: jwt\n"
        ) { $0.mode = "jwt" },
        Example(
            "the mode that a merge key brings counts",
            "d: &d {mode: jwt}\nauth:\n  <<: *d\n  jwt: {jwks_url: https://i/k}\n",
            "d: &d {mode: jwt}\nauth:\n  <<: *d\n  jwt: {jwks_url: https://i/k, audience: me}\n  mode: jwt\n"
        ) { $0.audience = "me" },
        Example(
            "keys that an alias brings count",
            "d: &d {env_var: K}\nauth:\n  mode: api_key\n  api_keys:\n    <<: *d\n",
            "d: &d {env_var: K}\nauth:\n  mode: api_key\n  api_keys:\n    <<: *d\n    header: X-Key\n"
        ) { $0.header = "X-Key" },
        Example(
            "open text at the end", "workers: 1\nx: |\n  open", "workers: 1\nauth:\n  mode: none\nx: |\n  open"
        ) { $0.mode = "none" },
        Example(
            "kept line breaks of text", "x: |+\n  text\n\n\n", "x: |+\n  text\n\n\nauth:\n  mode: none\n"
        ) { $0.mode = "none" },
        Example(
            "a document's marks", "%YAML 1.1\n---\nworkers: 1\n...\n",
            "%YAML 1.1\n---\nworkers: 1\nauth:\n  mode: none\n...\n"
        ) {
            $0.mode = "none"
        },
        Example("an empty document", "--- # nothing yet\n", "--- # nothing yet\nauth:\n  mode: none\n") {
            $0.mode = "none"
        },
    ]

    static let frameworks = [
        Example(
            "Dockrion", "name: a # b\n",
            "name: a # b\nauth:\n  mode: api_key\n  api_keys:\n    env_var: DOCKRION_API_KEY\n", .dockrion
        ) {
            $0.mode = "api_key"
        },
        Example(
            "Dockrion keeps what its own command drops",
            "auth:\n  mode: none\n  roles:\n    - {name: a, permissions: [invoke]}\nexpose: {port: 1}\n",
            "auth:\n  mode: api_key\n  roles:\n    - {name: a, permissions: [invoke]}\n  api_keys:\n    env_var: K\nexpose: {port: 1}\n",
            .dockrion
        ) { ($0.mode, $0.envVar) = ("api_key", "K") },
        Example(
            "Agent Gateway, off before", "auth:\n  enabled: false  # off\nagents: x\n",
            "auth:\n  enabled: true  # off\n  mode: api_key\n  api_keys:\n    - name: default\n      key: \"${K}\"\nagents: x\n",
            .agentGateway
        ) { ($0.mode, $0.envVar) = ("api_key", "K") },
        Example(
            "Agent Gateway, another key",
            "auth:\n  mode: api_key\n  api_keys:\n  - name: default\n    key: \"${A}\" # a\n  public_paths: []\n",
            "auth:\n  mode: api_key\n  api_keys:\n  - name: default\n    key: \"${A}\" # a\n  - name: b\n    key: \"${B}\"\n  public_paths: []\n",
            .agentGateway
        ) { $0.envVar = "B" },
        Example(
            "Agent Gateway, tokens", "title: x\n",
            "title: x\nauth:\n  mode: oauth2\n  oauth2:\n    issuer: https://i/\n    audience: me\n", .agentGateway
        ) { ($0.mode, $0.issuer, $0.audience) = ("oauth2", "https://i/", "me") },
        Example(
            "AgentFlow", "{\n  \"agent\": \"a:b\",\n  \"auth\": null\n}",
            "{\n  \"agent\": \"a:b\",\n  \"auth\": \"jwt\"\n}", .agentflow
        ) {
            $0.mode = "jwt"
        },
        Example(
            "AgentFlow, new", "{\n  \"agent\": \"a:b\"\n}\n", "{\n  \"agent\": \"a:b\",\n  \"auth\": \"jwt\"\n}\n",
            .agentflow
        ) {
            $0.mode = "jwt"
        },
        Example(
            "AgentFlow, custom before", "{\"auth\": {\"method\": \"custom\", \"path\": \"a:b\"}, \"agent\": \"a:b\"}",
            "{\"auth\": null, \"agent\": \"a:b\"}", .agentflow
        ) {
            $0.mode = "none"
        },
    ]

    @Test(arguments: native + frameworks) func editsNoOtherByte(_ example: Example) throws {
        #expect(example.change.misuse(of: example.words) == nil)
        let edited = try example.change.applied(to: Array(example.before.utf8), as: example.words)
        #expect(String(decoding: edited, as: UTF8.self) == example.after)
    }

    /// Said twice, it changes nothing more.
    @Test(arguments: native + frameworks) func isIdempotent(_ example: Example) throws {
        let edited = try example.change.applied(to: Array(example.before.utf8), as: example.words)
        #expect(try example.change.applied(to: edited, as: example.words) == edited)
    }

    @Test(arguments: [
        ("a: 1\n---\nb: 1\n", "2:1: a second document; a file of several cannot be edited"),
        ("b: &b {mode: none}\nauth: *b\n", "2:7: this is an alias (`*`); write the value out to have it edited"),
        ("auth: &b {mode: none}\nb: *b\n", "1:7: line 2 refers to this by an alias (`*`), and would change with it"),
        ("auth: {mode: &b none}\nb: *b\n", "1:14: line 2 refers to this by an alias (`*`), and would change with it"),
        ("auth: {mode: none, mode: jwt}\n", "1:20: `mode` is here twice"),
        ("auth: {mode: none}\nauth: {mode: none}\n", "2:1: `auth` is here twice"),
        ("auth: none\n", "1:7: `auth` is no mapping of `key: value` lines"),
        ("auth:\n  - none\n", "2:3: `auth` is no mapping of `key: value` lines"),
        ("auth:\n  mode:\n    a: b\n", "3:5: `mode` holds more than a single value; change it by hand"),
        ("- auth\n", "1:1: the file is no mapping of `key: value` lines"),
        ("? auth\n: {mode: none}\n", "1:3: `auth` is written in a form that cannot be edited; write it as `auth: …`"),
        ("{auth}\n", "1:2: `auth` is written in a form that cannot be edited; write it as `auth: …`"),
        ("auth: {\n", "2:1: not YAML: while parsing a flow node, did not find expected node content"),
        ("auth: \u{7}\n", "1:7: a control character; the file is not text"),
    ]) func refusesWhatItCannotEdit(_ text: String, _ expected: String) {
        var change = AuthChange()
        change.mode = "jwt"
        let fault = #expect(throws: EditFault.self) {
            try change.applied(to: Array(text.utf8), as: .native)
        }
        #expect(fault.map { "\($0.position.line):\($0.position.column): \($0.message)" } == expected)
    }

    /// A key of its own would hide all that a merge key brings under it.
    @Test(arguments: [ConfigurationFormat.native, .dockrion])
    func refusesToHideWhatAMergeKeyBrings(_ words: ConfigurationFormat) {
        let text = "d: &d {api_keys: {env_var: K}}\nauth:\n  <<: *d\n  mode: api_key\n"
        let expected = EditFault(
            SourcePosition(line: 3, column: 3), "`api_keys` comes from this `<<`; write it out to have it edited")
        var change = AuthChange()
        change.header = "X-Key"
        let fault = #expect(throws: EditFault.self) { try change.applied(to: Array(text.utf8), as: words) }
        #expect(fault?.position == expected.position)
        #expect(fault?.message == expected.message)
    }

    @Test func refusesToDropKeysOrToRemoveWhatAMergeKeyBrings() {
        let keys = "d: &d\n  api_keys: [{name: a, key: \"${A}\"}]\nauth: {<<: *d, mode: api_key}\n"
        var change = AuthChange()
        change.envVar = "B"
        #expect(throws: EditFault.self) { try change.applied(to: Array(keys.utf8), as: .agentGateway) }
        var removal = AuthChange()
        removal.removes = true
        let root = "<<: {auth: {mode: none}}\nworkers: 1\n"
        #expect(throws: EditFault.self) { try removal.applied(to: Array(root.utf8), as: .native) }
    }

    @Test func refusesToRemoveWhatIsReferredTo() {
        var change = AuthChange()
        change.removes = true
        #expect(throws: EditFault.self) {
            try change.applied(to: Array("auth:\n  realm: &r x\nb: *r\n".utf8), as: .native)
        }
    }

    @Test(
        arguments: [
            (
                ConfigurationFormat.native, "apikey", nil,
                "--mode of a Postern file is one of none, api_key, jwt, oauth2, mtls, external, composite; did you mean api_key?"
            ),
            (.dockrion, "mtls", nil, "--mode of a Dockrion file is one of none, api_key, jwt, oauth2"),
            (.agentflow, nil, "KEY", "an AgentFlow file has no word for --env-var"),
            (.native, nil, "$KEY", "--env-var is the name of an environment variable, without `$`"),
        ] as [(ConfigurationFormat, String?, String?, String)])
    func saysWhatAFormatHasNoWordFor(
        _ words: ConfigurationFormat, _ mode: String?, _ variable: String?, _ expected: String
    ) {
        var change = AuthChange()
        (change.mode, change.envVar) = (mode, variable)
        #expect(change.misuse(of: words) == expected)
    }
}
