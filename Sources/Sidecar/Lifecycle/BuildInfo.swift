/// What `postern version` and the build-info metric say.
package enum BuildInfo {
    package static let version = "0.1.0"

    package static var configuration: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }
}
