import Bytes
import NIOHTTP1

/// The pages themselves, as they were compiled in: a frame without data. What is in them the page fetches with the
/// token that its user types, which a browser could not send along with a link.
enum PageFiles {
    /// Nil for a path that is none of theirs.
    static func report(_ path: Substring) -> AdminReport? {
        switch path {
        // One document for both, so that the token, which lives in the page's memory alone, survives the change.
        case "/docs", "/dashboard": file("text/html", PackageResources.shell_html)
        case "/pages/page.css": file("text/css", PackageResources.page_css)
        case "/pages/page.js": file("text/javascript", PackageResources.page_js)
        case "/pages/docs.js": file("text/javascript", PackageResources.docs_js)
        case "/pages/chart.js": file("text/javascript", PackageResources.chart_js)
        case "/pages/dashboard.js": file("text/javascript", PackageResources.dashboard_js)
        case "/pages/icon.svg": file("image/svg+xml", PackageResources.icon_svg)
        default: nil
        }
    }

    /// The description of every path that Postern answers, for the bearer of the token.
    static var openAPI: AdminReport {
        var report = file("application/json", PackageResources.openapi_json)
        report.fields = secured
        return report
    }

    private static func file(_ type: String, _ bytes: [UInt8]) -> AdminReport {
        AdminReport(status: .ok, type: "\(type); charset=utf-8", body: ContiguousArray(bytes), fields: secured)
    }

    /// Nothing inline, nothing from elsewhere, in nobody's frame, told to nobody.
    static let secured: HTTPHeaders = [
        "Content-Security-Policy":
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
        "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
    ]
}
