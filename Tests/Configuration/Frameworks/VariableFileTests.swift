import Credentials
import Testing

@testable import Configuration

@Suite struct VariableFileTests {
    private func python(_ text: String, _ environment: [String: String] = [:]) -> [String: String] {
        VariableLines(flavor: .python, environment: environment).parse(text, after: [:])
    }

    private func dockrion(_ text: String) -> [String: String] {
        VariableLines(flavor: .dockrion, environment: [:]).parse(text, after: [:])
    }

    @Test func dockrionsLines() {
        let text = "# c\nA=1\n B = x=y # z \nC=\"q\"\nD='s'\nexport E=1\nnothing\n=v\r\nF=\n"
        #expect(
            dockrion(text) == ["A": "1", "B": "x=y # z", "C": "q", "D": "s", "export E": "1", "F": ""])
    }

    @Test func pythonsLines() {
        let text = "A=1 # c\nexport B='a # b' # c\nC=\"x\\ny\\\"\" # c\nD=a#b\nE=${A}${H}${U:-d}${V}\nF='${A}'\n"
        #expect(
            python(text, ["H": "home"]) == [
                "A": "1", "B": "a # b", "C": "x\ny\"", "D": "a#b", "E": "1homed", "F": "${A}",
            ])
    }

    @Test func theShellWins() throws {
        let folder = (Files.folder + "/frameworks")
        let settings = SettingsLoader.load(
            path: folder + "/Dockfile.yaml", environment: ["DOTENV_ISSUER": "https://shell"], now: Environment.now)
        let issuer = try #require(settings.settings?.auth.jwt?.issuers.first, "\(settings.said)")
        #expect(issuer.issuer == "https://shell")
        #expect(issuer.audiences == ["from-local"])
        #expect(issuer.subjectPrefix == nil)
        #expect(issuer.keys == .jwksURL("https://yaml/keys"))
    }

    @Test func agentFlowNamesItsFile() throws {
        let loaded = SettingsLoader.load(
            path: (Files.folder + "/frameworks") + "/agentflow.json", environment: ["JWT_ALGORITHM": "HS256"],
            now: Environment.now)
        let issuer = try #require(loaded.settings?.auth.jwt?.issuers.first, "\(loaded.said)")
        #expect(issuer.keys == .secret(Secret(Array("agentflow-secret-0123456789abcdefgh".utf8))))
        #expect(issuer.algorithms.map(\.rawValue) == ["HS256"])
    }
}
