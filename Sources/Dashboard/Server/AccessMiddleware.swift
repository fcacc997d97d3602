internal import Diagnostics
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Who may do what. It stands before every route, and gives every answer its headers.
struct AccessMiddleware: RouterMiddleware {
    /// Answers that need no token anywhere, for orchestrators and for signing in.
    static let open: Set<String> = ["/livez", "/readyz", "/login", "/dashboard.css", "/dashboard.js"]
    static let cookie = "evalctl_session"

    let address: HTTPAddress
    let token: HTTPToken?
    let sessions: Sessions

    func handle(
        _ request: Request, context: DashboardContext, next: @concurrent (Request, DashboardContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        var response: Response
        do {
            try checkHost(request)
            identify(request, &context)
            if let redirect = try check(request, context) { response = redirect } else { response = try await next(request, context) }
        } catch {
            let problem = HTTPProblem(error, at: request.uri.path)
            if problem.status == .internalServerError { context.logger.error("\(request.method) \(request.uri.path): \(problem.failure)") }
            response = problem.response(to: request, viewer: Viewer(isSignedIn: context.isSignedIn, canSignIn: token != nil))
        }
        return secured(response)
    }

    /// A page of another site whose name was made to lead here would be of the same origin as these pages; its `Host` gives it away.
    private func checkHost(_ request: Request) throws {
        guard address.isLoopback else { return }
        let authority = request.head.authority ?? ""
        let host = (try? HTTPAddress(parsing: authority))?.host ?? (try? HTTPAddress(parsing: authority + ":80"))?.host ?? ""
        guard HTTPAddress.isLoopback(host) else {
            throw Failure(
                .httpMisdirected, "this program serves \(address), and not the host that the request names",
                remedy: "ask for http://\(address)/")
        }
    }

    private func identify(_ request: Request, _ context: inout DashboardContext) {
        guard let token else { return }
        if let header = request.headers[.authorization] {
            let parts = header.split(separator: " ", maxSplits: 1)
            context.isSignedIn = parts.count == 2 && parts[0].lowercased() == "bearer" && token.matches(String(parts[1]))
            return
        }
        for cookie in (request.headers[.cookie] ?? "").split(separator: ";") {
            let parts = cookie.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2, parts[0] == Self.cookie else { continue }
            context.hasCookie = true
            guard sessions.contains(parts[1]) else { continue }
            context.isSignedIn = true
            context.session = parts[1]
        }
    }

    /// - Returns: where to sign in, for a person who has not.
    private func check(_ request: Request, _ context: DashboardContext) throws -> Response? {
        let path = request.uri.path
        let isReading = request.method == .get || request.method == .head
        if !isReading { try checkOrigin(request, context) }
        if Self.open.contains(path) || context.isSignedIn { return nil }
        guard isReading else {
            guard token != nil else {
                throw Failure(
                    .httpForbidden, "nobody can steer: this program was started without a token",
                    remedy: "start it with EVALCTL_HTTP_TOKEN or --http-token-file FILE, or use `evalctl`")
            }
            throw Self.unauthorized
        }
        if address.isLoopback { return nil }
        guard request.wantsPage else { throw Self.unauthorized }
        let next = path.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "%2F"
        return .redirect(to: "/login?next=\(next)")
    }

    private static let unauthorized = Failure(
        .httpUnauthorized, "this needs the token", remedy: "send `Authorization: Bearer TOKEN`, or sign in at /login")

    /// A browser sends its cookie with what other sites make it send, but says so.
    private func checkOrigin(_ request: Request, _ context: DashboardContext) throws {
        let isForeign: Bool
        if let site = request.headers[.fetchSite] {
            isForeign = site != "same-origin" && site != "none"
        } else if let origin = request.headers[.origin] {
            let authority = request.head.authority ?? ""
            isForeign = origin != "http://\(authority)" && origin != "https://\(authority)"
        } else {
            isForeign = context.hasCookie
        }
        guard !isForeign else {
            throw Failure(.httpForbidden, "the request comes from another site's page", remedy: "use this program's own pages")
        }
    }

    private func secured(_ response: Response) -> Response {
        var response = response
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] =
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; form-action 'self'; "
                + "base-uri 'none'; frame-ancestors 'none'"
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        // With "no-referrer" browsers would name no origin where this page posts a form.
        response.headers[.referrerPolicy] = "same-origin"
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }
}
