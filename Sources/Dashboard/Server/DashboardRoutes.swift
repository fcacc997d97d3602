internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import HTTPTypes
internal import Hummingbird
internal import Reports

/// The pages, their JSON, and what they are made of.
struct DashboardRoutes: Sendable {
    let watch: FleetWatch
    let streams: EventStreams
    let sessions: Sessions
    let canSignIn: Bool

    func add(to router: Router<DashboardContext>) {
        router.get("/") { _, context in try await page("Overview", .overview, context) }
        router.get("dead-letters") { _, context in try await page("Dead letters", .deadLetters, context) }
        router.get("runs") { request, context -> Response in
            let viewer = Viewer(isSignedIn: context.isSignedIn, canSignIn: canSignIn)
            let before = try Self.place(request)
            let runs = try await watch.ended(before: before, limit: EndedRunsPage.size + 1)
            return .html(
                PageFrame.page(title: "Ended runs", path: nil, viewer: viewer, EndedRunsPage.content(runs, isNewest: before == nil)))
        }
        router.get("api/runs") { request, _ -> Response in
            Response.json(try renderJSON(try await watch.ended(before: Self.place(request), limit: EndedRunsPage.size)))
        }
        router.get("runs/:run") { _, context in
            let run = try Self.run(context)
            return try await page("Run \(run)", .run(run), context)
        }
        router.get("runs/:run/report") { _, context in
            var response = Response.html(try await watch.report(try Self.run(context)))
            // The page holds its own style sheet and pictures, as a file does.
            response.headers[.contentSecurityPolicy] =
                "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            return response
        }
        router.get("api/overview") { _, _ in Response.json(try await watch.fleetJSON()) }
        router.get("api/runs/:run") { _, context in Response.json(try renderJSON(try await watch.run(try Self.run(context)))) }
        router.get("events") { request, context in try events(request, context) }
        router.get("dashboard.css") { _, _ in Self.asset(Assets.styleSheet, "text/css; charset=utf-8") }
        router.get("dashboard.js") { _, _ in Self.asset(Assets.script, "text/javascript; charset=utf-8") }
    }

    private static func asset(_ text: String, _ type: String) -> Response {
        var response = Response(type: type, text)
        response.headers[.cacheControl] = "no-cache"
        return response
    }

    /// The run that a path names.
    /// - Throws: `store.not_found`.
    static func run(_ context: DashboardContext) throws -> RunID {
        let text = context.parameters.get("run") ?? ""
        guard let number = Int64(text), number > 0 else {
            throw Failure(.notFound, "there is no run \(text.prefix(40))", remedy: "a run is a number; / lists the runs")
        }
        return RunID(number)
    }

    /// The run that a page of ended runs lies before; nil for the first page.
    private static func place(_ request: Request) throws -> RunID? {
        guard let text = request.uri.queryParameters["before"] else { return nil }
        guard let number = Int64(text), number > 0 else {
            throw Failure(.notFound, "there is no run \(text.prefix(40))", remedy: "a run is a number; /runs lists the ended ones")
        }
        return RunID(number)
    }

    private func page(_ title: String, _ subject: LiveSubject, _ context: DashboardContext) async throws -> Response {
        let parts = try await subject.parts(watch)
        let viewer = Viewer(isSignedIn: context.isSignedIn, canSignIn: canSignIn)
        return .html(PageFrame.page(title: title, path: subject.path, viewer: viewer, PageFrame.sections(parts)))
    }

    private func events(_ request: Request, _ context: DashboardContext) throws -> Response {
        let page = request.uri.queryParameters["page"].map(String.init) ?? "/"
        guard let subject = LiveSubject(path: page) else { throw HTTPProblem.noPage(page) }
        return try streams.response(subject, watch: watch, channel: context.channel) { [sessions] in
            context.session.map { sessions.contains($0) } ?? true
        }
    }
}

/// A page whose parts change.
enum LiveSubject: Sendable, Hashable {
    case overview
    case deadLetters
    case run(RunID)

    init?(path: String) {
        switch path {
        case "/": self = .overview
        case "/dead-letters": self = .deadLetters
        default:
            guard path.hasPrefix("/runs/"), let number = Int64(path.dropFirst(6)), number > 0 else { return nil }
            self = .run(RunID(number))
        }
    }

    var path: String {
        switch self {
        case .overview: "/"
        case .deadLetters: "/dead-letters"
        case .run(let run): "/runs/\(run)"
        }
    }

    /// - Throws: `store.not_found`; what keeps the database from being looked at.
    func parts(_ watch: FleetWatch) async throws -> [LivePart] {
        let rendered = try await watch.fleet()
        switch self {
        case .overview: return rendered.parts
        case .deadLetters:
            let letters = rendered.fleet.deadLetters
            return [
                LivePart(id: "clock", content: OverviewPage.clock(rendered.fleet)),
                LivePart(id: "dead-letters", content: Tables.deadLetters(letters.newest, count: letters.shards)),
            ]
        case .run(let run):
            let overview: RunOverview
            if let shown = rendered.fleet.runs.first(where: { $0.run == run }) {
                overview = shown
            } else {
                overview = try await watch.run(run)
            }
            return RunLivePage.parts(overview, fleet: rendered.fleet)
        }
    }
}
