import Testing

/// What the deploy files must hold even where no test can wait long enough, or has no such proxy, to see it.
@Suite struct ShippedFileTests {
    static let identity = [
        "User-Id", "Email", "Name", "Roles", "Permissions", "Scopes", "Tenant-Id", "Method", "Key-Id", "Issuer",
        "Expires",
    ]

    @Test func envoyCutsNoStreamAndAsksOnce() throws {
        let lines = ShippedText.meaning(try Repository.text("deploy/envoy/envoy.yaml")).joined(separator: "\n")
        #expect(lines.contains("stream_idle_timeout: 0s"))
        #expect(lines.contains("route: { cluster: agent, timeout: 0s }"))
        #expect(lines.contains("failure_mode_allow: false"))
        #expect(lines.contains("common_http_protocol_options: { idle_timeout: 60s }"))
        // A retry would be charged again, and a list of headers for denials loses their content type.
        #expect(!lines.contains("retry_policy"))
        #expect(!lines.contains("allowed_client_headers:"))
    }

    @Test func nginxCutsNoStreamAndAsksInOneLocation() throws {
        let lines = ShippedText.meaning(try Repository.text("deploy/nginx/nginx.conf"))
        let text = lines.joined(separator: "\n")
        #expect(text.contains("proxy_read_timeout 3600s;"))
        #expect(text.contains("proxy_buffering off;"))
        #expect(lines.filter { $0.contains("auth_request /") }.count == 1)
        for name in Self.identity {
            let variable = "$postern_\(name.lowercased().replacing("-", with: "_"))"
            #expect(text.contains("proxy_set_header X-Auth-\(name) \(variable);"))
            #expect(text.contains("auth_request_set \(variable) $upstream_http_x_auth_"))
        }
        #expect(text.contains("proxy_set_header X-Postern-Ticket $postern_ticket;"))
        #expect(text.contains("proxy_set_header X-Postern-Reserve \"\";"))
    }

    @Test func caddyNamesEachIdentityHeader() throws {
        let text = try Repository.text("deploy/caddy/Caddyfile")
        for name in Self.identity {
            #expect(text.contains("request_header X-Auth-\(name) {http.reverse_proxy.header.X-Auth-\(name)}"))
        }
        #expect(text.contains("flush_interval -1"))
    }

    @Test func traefikRemovesWhatItCopies() throws {
        let text = try Repository.text("deploy/traefik/dynamic.yaml")
        #expect(text.contains("address: http://127.0.0.1:9191/forward"))
        #expect(text.contains(#"authResponseHeadersRegex: "(?i)^x[-_](auth|postern)[-_]""#))
        #expect(text.contains("middlewares: [drop-reservation, postern, drop-credential]"))
    }

    /// One Envoy file is tested in Envoy; the other two places that hold parts of it must not drift from it.
    @Test func kubernetesHoldsTheTestedEnvoyFile() throws {
        let wrapped = try Repository.text("deploy/kubernetes/envoy-configmap.yaml")
        let expected = try Repository.shipped(
            "deploy/envoy/envoy.yaml", replacing: [DeployedEnvoy.everywhere, DeployedEnvoy.overSocket])
        let found = try ShippedText.block(after: "envoy.yaml: |", in: wrapped)
        #expect(ShippedText.meaning(found) == ShippedText.meaning(expected))
    }

    @Test func istioSaysWhatTheTestedEnvoyFileSays() throws {
        let tested = Set(try ShippedText.meaning(Repository.text("deploy/envoy/envoy.yaml")).map(Self.trimmed))
        let filter = try Repository.text("deploy/istio/envoy-filter.yaml")
        let values = filter.split(separator: "value:\n").dropFirst().flatMap { value in
            ShippedText.meaning(String(value)).prefix { !$0.hasPrefix("    - applyTo") }
        }
        #expect(values.count > 15)
        for line in values.map(Self.trimmed) where !tested.contains(line) {
            Issue.record("not in deploy/envoy/envoy.yaml: \(line)")
        }
        let mesh = try Repository.text("deploy/istio/meshconfig.yaml")
        let allowed = try Repository.text("deploy/envoy/envoy.yaml").matches(of: /exact: ([a-z-]+), ignore_case/)
        // Eleven that Postern may see, and one that it may set.
        #expect(allowed.count == 12)
        for match in allowed { #expect(mesh.contains("- \(match.1)\n"), "\(match.1) may be seen in one only") }
        for setting in ["pathPrefix: /envoy\n", "failOpen: false", "timeout: 0.5s", "statusOnError: \"503\""] {
            #expect(mesh.contains(setting))
        }
    }

    @Test func kubernetesStartsTheGateFirstAndLocked() throws {
        let text = try Repository.text("deploy/kubernetes/deployment.yaml")
        let inits = try ShippedText.block(after: "initContainers:", in: text)
        let postern = try #require(inits.firstRange(of: "- name: postern\n"))
        let envoy = try #require(inits.firstRange(of: "- name: envoy\n"))
        #expect(postern.lowerBound < envoy.lowerBound, "stopped in the reverse order")
        #expect(inits.matches(of: /restartPolicy: Always/).count == 2)
        #expect(inits.matches(of: /startupProbe:/).count == 2)
        for setting in ["enableServiceLinks: false", "runAsNonRoot: true", "readOnlyRootFilesystem: true"] {
            #expect(text.contains(setting))
        }
        #expect(text.matches(of: /securityContext: (&|\*)locked/).count == 3)
        let service = try Repository.text("deploy/kubernetes/service.yaml")
        #expect(!service.contains("9191") && !service.contains("8080"))
    }

    private static func trimmed(_ line: String) -> String {
        let text = line.drop { $0 == " " }
        return String(text.hasPrefix("- ") ? text.dropFirst(2) : text)
    }
}

/// How the pod's Envoy differs from the one on a host.
enum DeployedEnvoy {
    static let everywhere = (of: "address: 127.0.0.1, port_value: 8000", with: "address: 0.0.0.0, port_value: 8000")
    static let overSocket = (
        of: "address: { socket_address: { address: 127.0.0.1, port_value: 9191 } }",
        with: "address: { pipe: { path: /run/postern/check.sock } }"
    )
}
