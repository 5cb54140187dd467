import Foundation
import Testing

extension Live {
    /// The pages in a real browser: what is drawn, and what a stranger's page gets.
    @Suite(.serialized, .needs(.postern, .redisServer, .chromium, .python))
    struct PageTests {
        /// Where `make screenshots` wants the pictures; else they go with the scene.
        private static func pictures(_ scene: PageScene) -> String {
            ProcessInfo.processInfo.environment["POSTERN_SCREENSHOTS"] ?? scene.scratch.path
        }

        /// Half a minute of traffic where the pictures are to be looked at; else what is waited for will do.
        private static var exposure: [Browser.Step] {
            ProcessInfo.processInfo.environment["POSTERN_SCREENSHOTS"] == nil ? [] : [Browser.sleep(30)]
        }

        /// True once a polygon of the rates has so many heights: several seconds, drawn, that are not flat.
        private static func isUneven(_ kind: String) -> Browser.Step {
            Browser.wait(
                "new Set((document.querySelector('#rates polygon.\(kind)')?.getAttribute('points') ?? '').trim()"
                    + ".split(/\\s+/).map(one => one.split(',').pop())).size > 2")
        }

        @Test func theDashboardDrawsWhatHappens() throws {
            let scene = try PageScene()
            scene.beginTraffic()
            let count = { (selector: String) in "String(document.querySelectorAll('\(selector)').length)" }
            let seen = try Browser(
                [
                    Browser.open(scene.page("/dashboard")),
                    Browser.wait("!document.getElementById('enter').hidden"),
                    Browser.type("not-the-token-0123456789-0123456789", at: "#token"),
                    Browser.click("#enter-form button"),
                    Browser.wait("document.getElementById('enter-fault').textContent !== ''"),
                    Browser.read("#enter-fault", as: "refusal"),
                    Browser.evaluate("document.getElementById('dashboard').innerText", as: "before"),
                ] + scene.entering("/dashboard") + [
                    Browser.wait("document.querySelectorAll('#limited rect').length > 0")
                ] + Self.exposure + [
                    Self.isUneven("allow"), Self.isUneven("deny"),
                    Browser.wait("document.querySelectorAll('#reasons rect.deny').length >= 3"),
                    Browser.wait("document.querySelectorAll('#store rect.cell0').length >= 3"),
                    Browser.wait(
                        "[...document.querySelectorAll('#limited text.strong')]"
                            + ".some(one => one.textContent.startsWith('nightly-batch'))"),
                    Browser.read("#dashboard", as: "text"),
                    Browser.evaluate(
                        "document.querySelector('#rates polygon.allow').getAttribute('points')", as: "allowed"),
                    Browser.evaluate(
                        "document.querySelector('#rates polygon.deny').getAttribute('points')", as: "denied"),
                    Browser.evaluate(count("#reasons rect.deny"), as: "reasons"),
                    Browser.evaluate(count("#latency rect.bar"), as: "latencies"),
                    Browser.evaluate(count("#store rect.cell0"), as: "healthy"),
                    Browser.evaluate(
                        "document.querySelector('#latency path.mark').getAttribute('d')", as: "median"),
                    Browser.evaluate(
                        "[...document.querySelectorAll('#limited text.strong')].map(one => one.textContent).join()",
                        as: "subjects"),
                    Browser.evaluate(
                        "JSON.stringify([localStorage.length, sessionStorage.length, document.cookie])",
                        as: "kept"),
                    Browser.picture("\(Self.pictures(scene))/dashboard.png", height: 1_120),
                    // Leaving forgets: nothing of the data stays in the document.
                    Browser.click("#leave"),
                    Browser.evaluate("document.getElementById('dashboard').innerText", as: "after"),
                ], scratch: scene.scratch)
            scene.endTraffic()
            #expect(seen.facts["refusal"] == "That is not the token.")
            #expect(seen.facts["before"] == "" && seen.facts["after"] == "")
            let text = try #require(seen.facts["text"])
            for word in ["redis up", "per second", "over_limit", "unknown_key", "no_credential", "role:user", "tenant"]
            {
                #expect(text.localizedCaseInsensitiveContains(word), "\(word) is not in \(text)")
            }
            #expect(seen.facts["subjects"]?.contains("nightly-batch · role:user") == true, "\(seen.facts)")
            // Drawn: shapes of several seconds that are not flat.
            for name in ["allowed", "denied"] {
                let heights = Set(
                    (seen.facts[name] ?? "").split(separator: " ").compactMap { $0.split(separator: ",").last })
                #expect(heights.count > 2, "\(name): \(seen.facts[name] ?? "")")
            }
            #expect(Int(seen.facts["reasons"] ?? "") ?? 0 >= 3)
            #expect(Int(seen.facts["latencies"] ?? "") == 15)
            #expect(Int(seen.facts["healthy"] ?? "") ?? 0 >= 3)
            #expect(seen.facts["median"]?.contains("L") == true)
            #expect(seen.facts["kept"] == #"[0,0,""]"#)
            // The one refusal is the wrong token's; no asset from elsewhere.
            #expect(seen.faults.allSatisfy { $0.contains("401") }, "\(seen.faults)")
            #expect(seen.requests.allSatisfy { $0.hasPrefix(scene.page("/")) }, "\(seen.requests)")
        }

        @Test func theDocumentationTriesACheckStageByStage() throws {
            let scene = try PageScene()
            let send: [Browser.Step] = [
                Browser.evaluate("String(document.getElementById('result').dataset.old = '1')", as: "marked"),
                Browser.evaluate("(document.querySelector('.verdict')?.remove(), '')", as: "cleared"),
                Browser.click("#try-send"), Browser.wait("document.querySelector('.verdict') !== null"),
            ]
            let stages = { (name: String) in
                Browser.evaluate(
                    "[...document.querySelectorAll('.stages li')].map(one => one.dataset.stage + ' ' + one.className).join()",
                    as: name)
            }
            let seen = try Browser(
                scene.entering("/docs") + [
                    Browser.wait("document.querySelectorAll('#reference details').length > 0"),
                    Browser.evaluate(
                        "[...document.querySelectorAll('#reference details')].map(one => one.dataset.operation).join()",
                        as: "operations"),
                    Browser.choose("POST", at: "#try-method"), Browser.type("/invoke/agent", at: "#try-path"),
                    Browser.type("203.0.113.7", at: "#try-address"),
                ] + send + [stages("nobody"), Browser.read(".verdict", as: "nobody verdict")] + [
                    Browser.click("#authorize"), Browser.type(Gateway.userKey, at: "#credential"),
                    Browser.click("#authorize-use"), Browser.read("#authorize", as: "badge"),
                ] + send + [
                    stages("alice"), Browser.read("#result", as: "alice text"),
                    Browser.picture("\(Self.pictures(scene))/docs.png", height: 1_000),
                    Browser.type("/admin/deploy", at: "#try-path"),
                ] + send + [
                    stages("denied"), Browser.read("#result", as: "denied text"),
                    Browser.picture("\(Self.pictures(scene))/docs-denied.png", height: 1_000),
                    Browser.click("#authorize"), Browser.click("input[value=token]"),
                    Browser.type(PageScene.jwt, at: "#credential"), Browser.click("#authorize-use"),
                    Browser.read("#authorize", as: "token badge"),
                ] + send + [
                    Browser.read("#result", as: "carol text"),
                    Browser.evaluate("document.documentElement.outerHTML", as: "html"),
                    // The same token, without asking again: one document.
                    Browser.click("nav a[data-view=dashboard]"),
                    Browser.wait("document.querySelectorAll('#dashboard .card').length > 5"),
                    Browser.evaluate("location.pathname", as: "path"),
                ], scratch: scene.scratch)
            let operations = seen.facts["operations"] ?? ""
            for one in ["get /envoy/{path}", "post /v1/check", "delete /limits/{limit}/{subject}", "post /explain"] {
                #expect(operations.contains(one))
            }
            #expect(seen.facts["nobody verdict"] == "Denied")
            #expect(
                seen.facts["nobody"]?.contains("route passed,principal stopped,permit skipped") == true, "\(seen.facts)"
            )
            #expect(seen.facts["badge"] == "Authorized: API key")
            let all = ["request", "credential", "route", "principal", "permit", "charges", "limits", "decision"]
            #expect(seen.facts["alice"] == all.map { "\($0) passed" }.joined(separator: ","))
            let text = seen.facts["alice text"] ?? ""
            for word in ["alice by api_key", "role:user: fits, 59 of 60 left", "X-Auth-User-Id: alice"] {
                #expect(text.contains(word), "\(word) is not in \(text)")
            }
            #expect(seen.facts["denied"]?.contains("principal passed,permit stopped,charges skipped") == true)
            #expect(seen.facts["denied text"]?.contains("permission_missing") == true)
            #expect(seen.facts["html"]?.contains(Gateway.userKey) == false)
            #expect(seen.facts["html"]?.contains(PageScene.token) == false)
            #expect(seen.facts["html"]?.contains(PageScene.jwt) == false)
            #expect(seen.facts["token badge"] == "Authorized: JWT")
            let carol = seen.facts["carol text"] ?? ""
            #expect(carol.contains("carol of https://login.example/ by jwt"), "\(carol)")
            #expect(seen.facts["path"] == "/dashboard")
            #expect(seen.faults == [] && seen.requests.allSatisfy { $0.hasPrefix(scene.page("/")) })
            // Nothing was spent or counted by looking.
            let spent = try scene.server.metrics().sum("postern_checks_total", "decision=\"allow\"")
            #expect(spent == 0)
        }

        @Test func theDashboardTellsThatRedisIsGone() throws {
            let scene = try PageScene()
            scene.beginTraffic()
            let seen = try Browser(
                scene.entering("/dashboard") + [
                    Browser.wait("document.querySelectorAll('#store rect.cell0').length > 0")
                ] + Self.exposure + [
                    scene.endRedis(),
                    Browser.wait("document.querySelectorAll('#store rect.cell2').length > 1"),
                    Browser.read("#store", as: "store"),
                    Browser.picture("\(Self.pictures(scene))/dashboard-redis-down.png", height: 1_120),
                ], scratch: scene.scratch)
            #expect(seen.facts["store"]?.contains("redis down") == true, "\(seen.facts)")
            #expect(seen.faults == [])
        }

        /// What runs in a browser on this machine and is not our page: it has the operator's network, and here even
        /// the token, and gets nothing.
        @Test func aStrangersPageGetsNothing() throws {
            let scene = try PageScene()
            let get = { (url: String, options: String) in
                "fetch('\(url)', \(options)).then(a => 'status ' + a.status, () => 'blocked')"
            }
            let bearer = "{headers: {Authorization: 'Bearer \(PageScene.token)'}}"
            let load = { (name: String, url: String) in
                "new Promise(done => { const one = document.createElement('\(name)'); one.onload = () => done('loaded');"
                    + " one.onerror = () => done('blocked'); one.src = '\(url)'; document.documentElement.append(one); })"
            }
            let seen = try Browser(
                [
                    // Another port of this machine, which is the same site and another origin.
                    Browser.open("http://127.0.0.1:\(scene.server.adminPort)/healthz"),
                    Browser.evaluate(get(scene.page("/dashboard.json"), bearer), as: "with the token"),
                    Browser.evaluate(get(scene.page("/dashboard.json"), "{mode: 'no-cors'}"), as: "opaque"),
                    Browser.evaluate(load("script", scene.page("/pages/chart.js")), as: "script"),
                    // DNS that was made to lead here: the browser takes it for the stranger's own.
                    Browser.open(scene.page("/dashboard", host: "agent.example")),
                    Browser.evaluate("document.body.innerText", as: "rebound"),
                    Browser.evaluate(get("/dashboard.json", bearer), as: "rebound with the token"),
                    // And a script that got into our own page, had it a hole.
                    Browser.open(scene.page("/docs")),
                    Browser.evaluate(
                        "(() => { try { const one = document.createElement('script'); one.textContent = 'window.ran = 1';"
                            + " document.head.append(one); document.body.setAttribute('style', 'color: red'); } catch {}"
                            + " return String(window.ran) + getComputedStyle(document.body).color; })()", as: "inline"),
                    Browser.evaluate(get("https://agent.example/", "{mode: 'no-cors'}"), as: "outward"),
                    Browser.evaluate(load("img", "http://agent.example:\(scene.server.adminPort)/x.png"), as: "image"),
                ], scratch: scene.scratch)
            #expect(seen.facts["with the token"] == "blocked")
            #expect(seen.facts["opaque"] == "blocked" || seen.facts["opaque"] == "status 0")
            #expect(seen.facts["script"] == "blocked")
            #expect(seen.facts["rebound"]?.contains("only from this machine") == true, "\(seen.facts)")
            #expect(seen.facts["rebound with the token"] == "status 403")
            #expect(
                seen.facts["inline"]?.hasPrefix("undefined") == true
                    && seen.facts["inline"] != "undefinedrgb(255, 0, 0)")
            #expect(seen.facts["outward"] == "blocked" && seen.facts["image"] == "blocked")
        }
    }
}
