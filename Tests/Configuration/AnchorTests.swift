import Testing

@testable import Configuration

/// `&name`, `*name` and `<<`: the values that stand in their places, and what is refused.
@Suite struct AnchorTests {
    private func read(_ yaml: String) -> (node: YAMLNode?, said: [String]) {
        let problems = ProblemList(file: "f")
        let node = YAMLReader.read(Array(yaml.utf8)[...], problems)
        return (node, problems.sorted().map { String($0.description.dropFirst(2)) })
    }

    /// As flow YAML, quotes left out.
    private func shown(_ node: YAMLNode?) -> String {
        switch node?.content {
        case nil: "nothing"
        case .refused?: "refused"
        case .scalar(let text, _)?: text
        case .sequence(let items)?: "[" + items.map(shown).joined(separator: ",") + "]"
        case .mapping(let entries)?:
            "{" + entries.map { "\($0.key):\(shown($0.value))" }.joined(separator: ",") + "}"
        }
    }

    /// What PyYAML's `safe_load` makes of the same text.
    @Test(arguments: [
        ("a: &x 1\nb: *x\n", "{a:1,b:1}"),
        ("a: &x [1, &y 2]\nb: {c: *x, d: *y}\n", "{a:[1,2],b:{c:[1,2],d:2}}"),
        ("a: &x key\n*x : 1\n", "{a:key,key:1}"),
        ("a: &x\nb: *x\n", "{a:,b:}"),
        ("&r a: *r\n", "{a:a}"),
        ("a: &x {k: 1, l: 2}\nb:\n  m: 3\n  <<: *x\n  l: 4\n", "{a:{k:1,l:2},b:{k:1,m:3,l:4}}"),
        ("a: &x {k: 1}\nb: &y {<<: *x, l: 2}\nc: {<<: *y}\n", "{a:{k:1},b:{k:1,l:2},c:{k:1,l:2}}"),
        ("<<: [{a: 1, b: 1}, {a: 2, c: 3}]\nb: 7\n", "{a:1,c:3,b:7}"),
        ("a: &x {k: 1}\nb: &y {k: 2, l: 3}\nc: {<<: [*y, *x]}\n", "{a:{k:1},b:{k:2,l:3},c:{k:2,l:3}}"),
        ("<<: {}\na: 1\n", "{a:1}"),
        ("<<: []\na: 1\n", "{a:1}"),
        // In quotes it is a key like any other.
        ("a: {\"<<\": {b: 1}}\n", "{a:{<<:{b:1}}}"),
        ("a: &x {b: &y 1}\nc: *y\nd: *x\n", "{a:{b:1},c:1,d:{b:1}}"),
    ])
    func stand(_ yaml: String, _ expected: String) {
        let (node, said) = read(yaml)
        #expect(shown(node) == expected)
        #expect(said.isEmpty)
    }

    @Test(arguments: [
        ("a: 1\nb: *x\n", "2:4: no anchor `x` stands before this alias (`*`); quote a word that starts with `*`"),
        ("a: *k1\n", "1:4: no anchor of this name stands before this alias (`*`); quote a word that starts with `*`"),
        ("a: *x\nb: &x 1\n", "1:4: no anchor `x` stands before this alias (`*`); quote a word that starts with `*`"),
        ("a: &x [1, *x]\n", "1:11: this alias (`*`) is a part of the value it stands for"),
        ("a: &x\n  b: {c: *x}\n", "2:10: this alias (`*`) is a part of the value it stands for"),
        ("a: &x {<<: *x}\n", "1:12: this alias (`*`) is a part of the value it stands for"),
        ("a: &x 1\nb: &x 2\n", "2:4: anchor `x` is here twice; the first is on line 1"),
        ("a: &x {k: 1}\nb:\n  <<: *x\n  <<: *x\n", "4:3: this key is here twice; the first is on line 3"),
        ("a: &x {k: 1}\nb: {<<: *x, l: 1, l: 2}\n", "2:19: key `l` is here twice; the first is on line 2"),
        ("<<: 5\n", "1:5: `<<` takes a mapping or a list of mappings, not a single value"),
        ("<<:\na: 1\n", "1:4: `<<` takes a mapping or a list of mappings, not a single value"),
        ("<<: [{a: 1}, b]\n", "1:14: `<<` takes a mapping or a list of mappings, not a single value"),
        ("a: &x [1]\n*x : 2\n", "2:1: a key must be a single word, not a list"),
        ("a: !!str &x 1\n", "1:4: tags (`!`) are not supported; quote the value if it starts with `!`"),
    ])
    func areRefused(_ yaml: String, _ expected: String) { #expect(read(yaml).said == [expected]) }

    /// Ten lines for 10^10 values: refused at the alias that is too much, and read no further.
    @Test(arguments: ["[%]", "{%}"]) func aBombIsDefused(_ brackets: String) {
        var lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
        for level in 1...10 {
            let parts = (0..<10).map { brackets == "[%]" ? "*a\(level - 1)" : "k\($0): *a\(level - 1)" }
            let body = parts.joined(separator: ", ")
            lines.append("a\(level): &a\(level) " + brackets.replacing("%", with: body))
        }
        let (node, said) = read(lines.joined(separator: "\n") + "\nunread: *no\n")
        #expect(node == nil)
        #expect(said.count == 1)
        #expect(said[0].hasSuffix("the aliases (`*`) up to here stand for more than 100000 values"), "\(said)")
        #expect(said[0].hasPrefix("5:"), "\(said)")
    }

    /// A bomb of merge keys: as many mappings, whose keys are the same ones.
    @Test func aBombOfMergesIsDefused() {
        let keys = (0..<1_000).map { "k\($0): 1" }.joined(separator: ", ")
        let merges = (0..<200).map { "m\($0): {<<: *x}" }.joined(separator: "\n")
        let (node, said) = read("x: &x {\(keys)}\n\(merges)\n")
        #expect(node == nil)
        // 2,001 values each.
        #expect(said == ["51:11: the aliases (`*`) up to here stand for more than 100000 values"])
    }

    @Test func theBoundIsExact() {
        // Lists of 1,000 values with the list itself, a hundred times.
        let list = "x: &x [" + Array(repeating: "1", count: 999).joined(separator: ",") + "]\n"
        let fine = list + "y: [" + Array(repeating: "*x", count: 100).joined(separator: ",") + "]\n"
        #expect(read(fine).said.isEmpty)
        #expect(read(fine + "z: *x\n").said == ["3:4: the aliases (`*`) up to here stand for more than 100000 values"])
    }

    @Test func depthCountsWhatAnAliasStandsFor() {
        // Levels of the document: 1 mapping, 16 lists and their text; then 14 lists around the alias.
        func text(_ lists: Int) -> String {
            let deep = String(repeating: "[", count: 16) + "1" + String(repeating: "]", count: 16)
            let around = (String(repeating: "[", count: lists), String(repeating: "]", count: lists))
            return "a: &x \(deep)\nb: \(around.0)*x\(around.1)\n"
        }
        #expect(read(text(14)).said.isEmpty)
        #expect(
            read(text(15)).said == ["2:19: deeper than 32 levels, what this alias (`*`) stands for counted"])
    }

    /// An alias is told of where it stands, what is inside of its value where it is written.
    @Test func placesAreThoseOfTheFile() {
        let node = read("a: &x\n  k: 1\nb: *x\nc:\n  <<: *x\n").node
        #expect(node?["b"]?.position == SourcePosition(line: 3, column: 4))
        #expect(node?["b"]?["k"]?.position == SourcePosition(line: 2, column: 6))
        #expect(node?["c"]?["k"]?.position == SourcePosition(line: 2, column: 6))
    }

    @Test func aFileOfOursMayHaveThem() throws {
        let settings = try load(
            """
            auth:
              api_keys:
                keys:
                  - &web {id: web, key: "${GOOD}", roles: [user]}
                  - {<<: *web, id: agent, key: "${AGENT_KEY}"}
              roles: [{name: user, permissions: &all [invoke]}]
            routes:
              - {path: /a, permissions: *all}
            """)
        #expect(settings.auth.apiKeys.keys.map(\.id) == ["web", "agent"])
        #expect(settings.auth.apiKeys.keys.map(\.roles) == [["user"], ["user"]])
        #expect(settings.routes[0].permissions == ["invoke"])
    }

    @Test func aFrameworksFileMayHaveThem() throws {
        let settings = try framework(
            FrameworkExample.dockrionHead + """
                x-common: &common {env_var: OPS_KEY}
                auth: {api_keys: {<<: *common, header: X-Ops}}

                """)
        #expect(settings.auth.apiKeys.header == "X-Ops")
        #expect(settings.auth.apiKeys.keys.count == 1)
    }

    /// Variables are found through aliases, so that a draft can be checked where they are unset.
    @Test func variablesAreNamedThroughAliases() {
        let text = "x: &n WEB\ny: &p {prefix: TEAM_}\nauth:\n  api_keys: {env_var: *n, <<: *p}\n"
        let named = NamedVariables(in: Array(text.utf8))
        #expect(named.ofAuth == ["WEB"])
        #expect(named.assumed(beside: [:]).keys.sorted() == ["TEAM_ASSUMED", "WEB"])
    }
}
