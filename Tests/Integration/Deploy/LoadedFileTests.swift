import Foundation
import Testing

/// Files whose surroundings (Kubernetes, Istio, systemd) are not at hand, given to the program that reads them.
@Suite(.serialized) struct LoadedFileTests {
    @Test(.needs(.envoy)) func envoyTakesTheFileOfTheConfigMap() throws {
        let wrapped = try Repository.text("deploy/kubernetes/envoy-configmap.yaml")
        try expectValid(try ShippedText.block(after: "envoy.yaml: |", in: wrapped))
    }

    /// The patches of the EnvoyFilter, each in the place Istio would merge it into.
    @Test(.needs(.envoy)) func envoyTakesThePatchesOfTheEnvoyFilter() throws {
        let values = try Repository.text("deploy/istio/envoy-filter.yaml").split(separator: "value:\n").dropFirst()
        let patches = try values.map { try ShippedText.block(after: "value:", in: "value:\n" + Self.ownLines($0)) }
        #expect(patches.count == 3)
        let rest = """
            stat_prefix: inbound
            http_filters:
              - name: envoy.filters.http.router
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
            route_config:
            """
        let manager = patches[0] + ShippedText.indented(rest, by: 2) + ShippedText.indented(patches[1], by: 4)
        let resources = """
            static_resources:
              listeners:
                - address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                  filter_chains:
                    - filters:
                        - name: envoy.filters.network.http_connection_manager

            """
        let cluster = "  clusters:\n    - name: postern\n      type: STATIC\n"
        try expectValid(
            resources + ShippedText.indented(manager, by: 14) + cluster + ShippedText.indented(patches[2], by: 6))
    }

    @Test(.needs(.postern), arguments: ["deploy/postern.yaml", "deploy/kubernetes/postern-configmap.yaml"])
    func posternTakesItsConfiguration(_ file: String) throws {
        let scratch = try ScratchFolder()
        var text = try Repository.text(file)
        if file.contains("configmap") {
            text = try ShippedText.block(after: "postern.yaml: |", in: text)
                .replacing("file:/run/secrets/postern/", with: "file:\(scratch.path)/")
            for key in ["frontend", "operator"] { try scratch.write("\(key)-0123456789abcdef\n", to: key) }
        }
        let path = try scratch.write(text, to: "postern.yaml")
        let check = try RunningProgram(.postern, arguments: ["check-config", path], scratch: scratch)
        #expect(check.exitStatus(within: 10) == 0, "\(check.output)")
        #expect(!check.output.contains("warning"), "\(check.output)")
    }

    @Test(.needs(.systemdAnalyze, .postern)) func systemdTakesTheUnit() throws {
        let scratch = try ScratchFolder()
        let binary = try Tool.postern.locate()
        let unit = try Repository.shipped(
            "deploy/systemd/postern.service", replacing: [(of: "/usr/bin/postern", with: binary)])
        let path = try scratch.write(unit, to: "postern.service")
        let verify = try RunningProgram(.systemdAnalyze, arguments: ["verify", "--man=no", path], scratch: scratch)
        #expect(verify.exitStatus(within: 20) == 0)
        #expect(!verify.output.contains("postern.service:"), "\(verify.output)")
    }

    /// The lines of a patch: up to the next one, which is indented less.
    private static func ownLines(_ text: Substring) -> String {
        text.split(separator: "\n").prefix { $0.hasPrefix("          ") }.joined(separator: "\n")
    }

    private func expectValid(_ text: String) throws {
        let scratch = try ScratchFolder()
        let path = try scratch.write(text, to: "envoy.yaml")
        let envoy = try RunningProgram(.envoy, arguments: ["--mode", "validate", "-c", path], scratch: scratch)
        #expect(envoy.exitStatus(within: 20) == 0, "\(envoy.output.suffix(1500))\n\(text)")
    }
}
