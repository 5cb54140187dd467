import Bytes
import NIOHTTP1
import Testing

@testable import Sidecar

/// The pages and what they fetch: who may, and that what they say is what checks do.
@Suite struct PageReportsTests {
    private static let admin =
        "admin: {control: \"127.0.0.1:9193\", token: \(ControlPort.token), pages: true}\n"
    private let control: ControlPort

    init() throws { control = try ControlPort(Self.admin + CheckPort.demo) }

    private static let shells = [
        "/docs", "/dashboard", "/pages/page.css", "/pages/page.js", "/pages/docs.js", "/pages/chart.js",
        "/pages/dashboard.js", "/pages/icon.svg",
    ]
    private static let data: [(HTTPMethod, String)] = [
        (.GET, "/openapi.json"), (.GET, "/dashboard.json"), (.POST, "/explain"),
    ]

    @Test(arguments: shells)
    func theFrameIsThereWithoutATokenAndSaysNothing(_ path: String) throws {
        let answer = try control.ask(.GET, path, ["Host": "localhost:9193"])
        #expect(answer.status == 200)
        #expect(answer.report.fields["Content-Security-Policy"][0].contains("default-src 'none'"))
        #expect(!answer.text.contains("acme") && !answer.text.contains(ControlPort.token))
        // Nothing inline, nothing from elsewhere: what the policy would keep from working is not there.
        if answer.report.type.hasPrefix("text/html") {
            for word in ["<style", "style=", "onclick", "http://", "https://", "<script>"] {
                #expect(!answer.text.contains(word), "\(word)")
            }
        }
        for word in ["innerHTML", "eval(", "https://", "localStorage", "sessionStorage", "document.cookie"] {
            #expect(!answer.text.contains(word), "\(word)")
        }
    }

    @Test func nothingIsThereUnlessItIsWanted() throws {
        try control.port.install(Self.admin.replacing(", pages: true", with: "") + CheckPort.demo)
        for path in Self.shells { #expect(try control.ask(.GET, path).status == 404, "\(path)") }
        for (method, path) in Self.data { #expect(try control.ask(method, path).status == 404, "\(path)") }
    }

    @Test(arguments: data.indices)
    func dataIsForTheBearerOfTheTokenAlone(_ index: Int) throws {
        let (method, path) = Self.data[index]
        let host = ("Host", "localhost:9193")
        for headers: HTTPHeaders in [
            HTTPHeaders([host]), HTTPHeaders([host, ("Authorization", "Bearer \(ControlPort.token)x")]),
            HTTPHeaders([host, ("Cookie", "token=\(ControlPort.token)")]),
        ] {
            let answer = try control.ask(method, path, headers)
            #expect(answer.status == 401 && answer.report.challenge != nil)
            #expect(answer.json["detail"]?.text == "admin.token is needed")
        }
        #expect(try control.ask(method, path + "?token=\(ControlPort.token)", HTTPHeaders([host])).status == 401)
    }

    /// By another name for this address, from another page, or from another port of this machine.
    @Test(arguments: [
        [("Host", "agent.example")], [("Host", "localhost:9193"), ("Origin", "http://agent.example")],
        [("Host", "localhost:9193"), ("Origin", "http://localhost:3000")],
        [("Host", "localhost:9193"), ("Origin", "https://localhost:9193")],
        [("Host", "localhost:9193"), ("Origin", "null")],
        [("Host", "localhost:9193"), ("Sec-Fetch-Site", "cross-site")],
        [("Host", "localhost:9193"), ("Sec-Fetch-Site", "same-site")], [],
    ])
    func nothingIsForAnotherPage(_ headers: [(String, String)]) throws {
        let headers = HTTPHeaders(headers + [("Authorization", "Bearer \(ControlPort.token)")])
        for path in Self.shells { #expect(try control.ask(.GET, path, headers).status == 403) }
        for (method, path) in Self.data { #expect(try control.ask(method, path, headers).status == 403) }
    }

    @Test func aLinkFromAnywhereLeadsToTheFrameAndToNothingElse() throws {
        let headers: HTTPHeaders = [
            "Host": "localhost:9193", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate",
        ]
        #expect(try control.ask(.GET, "/dashboard", headers).status == 200)
        #expect(try control.ask(.GET, "/dashboard.json", headers).status == 403)
        let rebound: HTTPHeaders = ["Host": "agent.example", "Sec-Fetch-Mode": "navigate"]
        #expect(try control.ask(.GET, "/dashboard", rebound).status == 403)
    }

    /// The page's own POST has an Origin; what resets limits is for no page at all, not even ours.
    @Test func ourOwnPageMayExplainButNotReset() throws {
        var headers = ControlPort.bearer
        headers.add(name: "Origin", value: "http://localhost:9193")
        headers.add(name: "Sec-Fetch-Site", value: "same-origin")
        #expect(try control.ask(.POST, "/explain", headers, body: #"{"method":"GET","path":"/"}"#).status == 200)
        #expect(try control.ask(.DELETE, "/limits/address/192.0.2.1", headers).status == 403)
    }

    @Test func otherMethodsAreRefused() throws {
        for path in Self.shells + ["/openapi.json", "/dashboard.json"] {
            #expect(try control.ask(.HEAD, path).status == 200)
            let answer = try control.ask(.POST, path)
            #expect(answer.status == 405 && answer.report.allow == "GET, HEAD")
        }
        let answer = try control.ask(.GET, "/explain")
        #expect(answer.status == 405 && answer.report.allow == "POST")
    }
}
