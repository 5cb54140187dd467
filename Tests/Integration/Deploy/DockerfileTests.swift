import Testing

/// There is no Docker engine where these tests run: every package is looked up, and every copied path.
@Suite struct DockerfileTests {
    /// Debian's index is of the release the images are made of, or the answer would be about another.
    @Test(.needs(.aptCache)) func everyPackageExistsInDebian() throws {
        let scratch = try ScratchFolder()
        let packages = try Self.instructions("RUN").flatMap { run in
            run.split(separator: "&&").filter { $0.contains("apt-get install") }.flatMap { install in
                install.split(separator: " ").drop { $0 != "install" }.dropFirst().filter { !$0.hasPrefix("-") }
            }
        }
        #expect(packages.count >= 7)
        for package in packages {
            let look = try RunningProgram(
                .aptCache, arguments: ["show", "--no-all-versions", String(package)], scratch: scratch)
            #expect(look.exitStatus(within: 20) == 0, "no package \(package)")
            #expect(look.output.contains("Package: \(package)\n"), "\(package) is not a real package")
        }
    }

    @Test func everyCopiedPathExists() throws {
        var copied = 0
        for copy in try Self.instructions("COPY") where !copy.contains("--from=") {
            for path in copy.split(separator: " ").dropFirst().dropLast() {
                #expect(Repository.exists(String(path)), "COPY \(path)")
                copied += 1
            }
        }
        #expect(copied >= 4)
    }

    /// Whatever Package.swift asks pkg-config or the linker for is installed, to build with and to run with.
    @Test func libraryPackagesMatchPackageSwift() throws {
        let manifest = try Repository.text("Package.swift")
        let installs = try Self.instructions("RUN").joined(separator: "\n")
        let libraries = manifest.matches(of: /\.apt\(\["([a-z0-9.-]+)"\]\)/).map { String($0.1) }
        #expect(libraries.count >= 3)
        for library in libraries { #expect(installs.contains(library), "\(library)") }
    }

    @Test func theImageIsNotRootAndReadsTheShippedFile() throws {
        #expect(try Self.instructions("USER") == ["USER 65532:65532"])
        #expect(try Self.instructions("COPY").contains("COPY deploy/postern.yaml /etc/postern/postern.yaml"))
        #expect(try Self.instructions("CMD") == ["CMD [\"serve\", \"--config\", \"/etc/postern/postern.yaml\"]"])
    }

    /// Instructions of one kind, continued lines joined.
    private static func instructions(_ kind: String) throws -> [String] {
        let lines = ShippedText.meaning(try Repository.text("deploy/Dockerfile"))
        return lines.joined(separator: "\n").replacing("\\\n", with: " ").split(separator: "\n")
            .map(String.init).filter { $0.hasPrefix("\(kind) ") }
    }
}
