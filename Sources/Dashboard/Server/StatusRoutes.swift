internal import Diagnostics
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Reports
internal import Telemetry

/// `/livez`, `/readyz` and `/metrics`, which every program has.
struct StatusRoutes: Sendable {
    private struct Answer: Encodable {
        struct Check: Encodable {
            var name: String
            var ok: Bool
            var problem: String?
        }

        var ok: Bool { checks.allSatisfy(\.ok) }
        var checks: [Check]

        enum CodingKeys: String, CodingKey {
            case ok, checks
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(ok, forKey: .ok)
            try container.encode(checks, forKey: .checks)
        }

        func response() throws -> Response { .json(try renderJSON(self), ok ? .ok : .serviceUnavailable) }
    }

    let status: ProgramStatus
    /// Nil in programs without a dashboard.
    let watch: FleetWatch?
    private let startedAt = Date()
    private let readiness: Cached<[(name: String, failure: Failure?)]>
    private let thread: BlockingThread<[ReadinessCheck]>

    init(_ status: ProgramStatus, watch: FleetWatch?) {
        self.status = status
        self.watch = watch
        let thread = BlockingThread("readiness", make: status.makeChecks)
        self.thread = thread
        readiness = Cached(every: .seconds(1)) {
            try await thread.perform { checks in
                checks.map { check in
                    do {
                        try check.check()
                        return (check.name, nil)
                    } catch {
                        return (check.name, error as? Failure ?? Failure(Self.unknown, "\(error)"))
                    }
                }
            }
        }
    }

    func add(to router: Router<DashboardContext>) {
        router.get("livez") { _, _ in try live() }
        router.get("readyz") { _, context in try await ready(context) }
        router.get("metrics") { _, _ in await metrics() }
    }

    func stop() { thread.stop() }

    /// Whether the loops are alive. Neither database nor broker matter: a restart would not bring them back.
    private func live() throws -> Response {
        try Answer(checks: status.pulses.check().map { .init(name: $0.name, ok: $0.problem == nil, problem: $0.problem) }).response()
    }

    /// Who has not shown the token learns what kind of failure it is, and no address or user's name.
    private func ready(_ context: DashboardContext) async throws -> Response {
        func problem(_ failure: Failure) -> String { context.isSignedIn ? "\(failure)" : failure.code.rawValue }
        do {
            let checks = try await readiness.value()
            return try Answer(checks: checks.map { .init(name: $0.name, ok: $0.failure == nil, problem: $0.failure.map(problem)) })
                .response()
        } catch {
            let failure = error as? Failure ?? Failure(Self.unknown, "\(error)")
            return try Answer(checks: [.init(name: "checks", ok: false, problem: problem(failure))]).response()
        }
    }

    private static let unknown = Failure.Code("http.failed")

    private func metrics() async -> Response {
        var families = status.metrics.families + [.buildInfo(status.build)] + MetricFamily.process(startedAt: startedAt)
        if let watch {
            let fleet = try? await watch.fleet().fleet
            families += FleetMetrics.families(fleet)
            families += (try? await watch.brokerMetrics()) ?? []
        }
        return Response(type: PrometheusText.contentType, PrometheusText.render(families))
    }
}
