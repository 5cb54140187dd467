import Foundation
import Testing

/// `postern add auth` as it is typed.
@Suite(.needs(.postern)) struct AddAuthTests {
    private static let key = "0123456789abcdef-add-auth"
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func run(_ arguments: [String]) throws -> Command {
        try Command(postern: ["add", "auth"] + arguments, scratch: scratch)
    }

    private func check(_ path: String, _ variables: [String: String]) throws -> Int32 {
        let words = variables.map { "\($0)=\($1)" }
        return try Command("env", words + [Tool.postern.locate(), "check-config", path], scratch: scratch).status
    }

    @Test func addsAndChangesAndRemoves() throws {
        let path = try scratch.write("# ours\r\nworkers: 1   # one\r\n", to: "postern.yaml")
        let added = try run([path, "--mode", "api_key", "--env-var", "ADD_AUTH_KEY", "--header", "X-Agent-Key"])
        #expect(added.status == 0, "\(added.errors)")
        #expect(added.errors == "note: ADD_AUTH_KEY is not set here; Postern needs it to start\n")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(
            text
                == "# ours\r\nworkers: 1   # one\r\nauth:\r\n  mode: api_key\r\n  api_keys:\r\n    env_var: ADD_AUTH_KEY\r\n"
                + "    header: X-Agent-Key\r\n")
        #expect(try check(path, [:]) == 78)
        #expect(try check(path, ["ADD_AUTH_KEY": Self.key]) == 0)

        let changed = try run([path, "--mode", "none"])
        #expect(changed.status == 0, "\(changed.errors)")
        #expect(
            try String(contentsOfFile: path, encoding: .utf8) == text.replacing("mode: api_key", with: "mode: none"))
        #expect(try run([path, "--mode", "none"]).output == "\(path): nothing to change\n")

        // Back to the bytes it came from, with which Postern does not start.
        let removed = try run([path, "--remove"])
        #expect(removed.status == 0 && removed.errors.contains("does not start without `auth`"), "\(removed.errors)")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "# ours\r\nworkers: 1   # one\r\n")
        #expect(try check(path, [:]) == 78)
    }

    /// Each in its framework's words; what else is wrong with a file keeps it as it is.
    @Test(arguments: [
        (
            "Dockfile.yaml", "version: \"1.0\"\nagent: {name: a, entrypoint: \"x:y\", framework: langgraph}\n",
            "auth: {mode: none}\n"
        ),
        ("agentflow.json", "{\"agent\": \"graph.react:app\"", ", \"auth\": \"jwt\"}\n"),
    ])
    func takesAuthAway(_ name: String, _ rest: String, _ auth: String) throws {
        let path = try scratch.write(rest + auth, to: name)
        let removed = try run([path, "--remove"])
        #expect(removed.status == 0, "\(removed.errors)")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.hasPrefix(rest) && !text.contains("auth"))
        let bad = try scratch.write("wrokers: 1\nauth: {mode: none}\n", to: "postern.yaml")
        #expect(try run([bad, "--remove"]).status == 78)
        #expect(try String(contentsOfFile: bad, encoding: .utf8).contains("auth"))
    }

    /// They are no business of the edit. Of tags its user must hear: Postern reads no such file.
    @Test func keepsAnchorsAndSaysThatPosternReadsNoTags() throws {
        let path = try scratch.write("auth: &gate\n  mode: none\nlog: {level: !!str info}\n", to: "postern.yaml")
        let edited = try run([path, "--mode", "api_key", "--env-var", "ADD_AUTH_KEY"])
        #expect(edited.status == 0 && edited.output == "\(path): auth is written\n", "\(edited.errors)")
        #expect(!edited.errors.contains("anchor"), "\(edited.errors)")
        #expect(edited.errors.contains("note: \(path):5:14: tags"), "\(edited.errors)")
        #expect(
            try String(contentsOfFile: path, encoding: .utf8)
                == "auth: &gate\n  mode: api_key\n  api_keys:\n    env_var: ADD_AUTH_KEY\nlog: {level: !!str info}\n")
        #expect(try check(path, ["ADD_AUTH_KEY": Self.key]) == 78)
    }

    @Test func showsADiffAndWritesNothing() throws {
        let text = "auth: {mode: none}  # open\n"
        let path = try scratch.write(text, to: "postern.yaml")
        let shown = try run([path, "--mode", "api_key", "--env-var", "ADD_AUTH_KEY", "--dry-run"])
        #expect(shown.status == 0, "\(shown.errors)")
        #expect(
            shown.output == "--- \(path)\n+++ \(path)\n@@ -1,1 +1,1 @@\n-auth: {mode: none}  # open\n"
                + "+auth: {mode: api_key, api_keys: {env_var: ADD_AUTH_KEY}}  # open\n")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }

    @Test func writesNothingThatWouldNotStart() throws {
        let text = "auth: {mode: none}\n"
        let path = try scratch.write(text, to: "postern.yaml")
        let refused = try run([path, "--mode", "jwt"])
        #expect(refused.status == 78)
        #expect(refused.errors.contains("\(path):1:14: mode jwt needs a section `jwt`"))
        #expect(try run([path, "--mode", "apikey"]).status == 64)
        #expect(try run([path, "--env-var", "$KEY"]).status == 64)
        #expect(try run([scratch.file("nothing.yaml"), "--mode", "none"]).status == 78)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }
}
