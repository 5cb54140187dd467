import Domain
import Glibc
import Outbound
import Testing

/// Proxies named by the environment, which is the whole process's: so each test is a process.
@Suite(.enabled(if: Provider.isExpected, "python3 is not installed"))
struct OutboundProxyTests {
    private static func succeeds(_ test: (OutboundClient, Provider) async throws -> Bool) async -> Never {
        guard let proxy = try? Provider() else { exit(2) }
        setenv("https_proxy", "http://name:hunter2@127.0.0.1:\(proxy.port)", 1)
        setenv("http_proxy", "http://name:hunter2@127.0.0.1:\(proxy.port)", 1)
        let passed = (try? await test(OutboundClient(), proxy)) ?? false
        proxy.stop()
        exit(passed ? EXIT_SUCCESS : EXIT_FAILURE)
    }

    /// A proxy that refuses is its own fault, and hears nothing that is meant for the server.
    @Test func httpsGoesThroughTheProxy() async throws {
        await #expect(processExitsWith: .success) {
            await OutboundProxyTests.succeeds { client, proxy in
                proxy.answer("issuer.invalid:443", 403)
                let request = OutboundRequest(
                    .get, try OutboundEndpoint("https://issuer.invalid/jwks"),
                    fields: [.init("Authorization", "Basic secret")], deadlineMillis: 20_000)
                let fault = await client.ask(request).fault
                let asked = try proxy.log().requests
                return fault == .proxyFailed && asked.map(\.method) == ["CONNECT"]
                    && asked[0].headers["authorization"] == nil && asked[0].headers["proxy-authorization"] != nil
            }
        }
    }

    @Test func noProxyIsHonoured() async throws {
        await #expect(processExitsWith: .success) {
            await OutboundProxyTests.succeeds { client, proxy in
                setenv("no_proxy", "issuer.invalid", 1)
                let fault = try await client.get("https://issuer.invalid/jwks", millis: 20_000).fault
                return try proxy.log().requests.isEmpty && fault == .nameNotResolved
            }
        }
    }

    @Test func aUnixSocketIsNoMatterOfProxies() async throws {
        await #expect(processExitsWith: .success) {
            await OutboundProxyTests.succeeds { client, proxy in
                let provider = try Provider(.unix)
                provider.answer("/x", 200, "from the socket")
                let answer = try await client.get("unix:\(provider.socketPath):/x", millis: 20_000)
                let path = try provider.log().requests.first?.path
                provider.stop()
                unlink(provider.socketPath)
                return try proxy.log().requests.isEmpty && answer.text == "from the socket" && path == "/x"
            }
        }
    }
}
