internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Signing in: a browser shows the token once, and keeps a session that scripts cannot read and other sites cannot use.
struct LoginRoutes: Sendable {
    let token: HTTPToken
    let sessions: Sessions

    func add(to router: Router<DashboardContext>) {
        router.get("login") { request, _ in
            Response.html(PageFrame.login(next: Self.target(request.uri.queryParameters["next"].map(String.init)), isRefused: false))
        }
        router.post("login") { request, context in
            let form = try await RequestForm(request)
            let next = Self.target(form["next"])
            guard token.matches(form["token"] ?? "") else {
                context.logger.warning("somebody gave a wrong token over HTTP")
                try await Task.sleep(for: .milliseconds(300))
                return Response.html(PageFrame.login(next: next, isRefused: true), .unauthorized)
            }
            return Self.redirect(to: next, session: sessions.begin(), seconds: Sessions.seconds)
        }
        router.post("logout") { _, context in
            if let session = context.session { sessions.end(session) }
            return Self.redirect(to: "/", session: "", seconds: 0)
        }
    }

    private static func redirect(to path: String, session: String, seconds: Int) -> Response {
        var response = Response.redirect(to: path)
        response.headers[.setCookie] =
            "\(AccessMiddleware.cookie)=\(session); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict"
        return response
    }

    /// A page of this program, whatever a link to the login names.
    static func target(_ next: String?) -> String {
        guard let next = next?.removingPercentEncoding, next.hasPrefix("/"), !next.hasPrefix("//"), next.utf8.count <= 200,
            next.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") })
        else { return "/" }
        return next
    }
}
