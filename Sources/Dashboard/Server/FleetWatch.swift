internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
package import Postgres
internal import Reports
package import Telemetry

/// Where the dashboard's figures come from.
package struct DashboardSource: Sendable {
    package var database: DatabaseAddress
    /// Makes, on the thread that alone will call it, what looks at the broker for `/metrics`.
    package var makeBrokerMetrics: @Sendable () throws -> () throws -> [MetricFamily]

    package init(database: DatabaseAddress, makeBrokerMetrics: @escaping @Sendable () throws -> () throws -> [MetricFamily]) {
        self.database = database
        self.makeBrokerMetrics = makeBrokerMetrics
    }
}

/// A look at the fleet, with what is made of it for everybody who asks.
struct RenderedFleet: Sendable {
    let fleet: FleetOverview
    let parts: [LivePart]

    init(_ fleet: FleetOverview) {
        self.fleet = fleet
        parts = OverviewPage.parts(fleet)
    }
}

/// Polls the database for open pages, on threads of its own: one poll serves all requests of an interval, and without a request there is
/// none. What may take long, such as reports and steering, has another thread and session.
final class FleetWatch: Sendable {
    private let looks: BlockingThread<OverviewReader>
    private let work: BlockingThread<EvaluationStore>
    private let broker: BlockingThread<() throws -> [MetricFamily]>
    private let reports: ReportPages
    private let fleets: Cached<RenderedFleet>
    private let json: Cached<String>
    private let runs: CachedByKey<RunID, RunOverview>
    private let brokerFamilies: Cached<[MetricFamily]>

    init(_ source: DashboardSource, interval: Duration) {
        let database = source.database
        let looks = BlockingThread("dashboard-looks") { OverviewReader(Self.store(database, " looks"), quietInterval: .seconds(5)) }
        self.looks = looks
        work = BlockingThread("dashboard-work") { Self.store(database, " work") }
        let broker = BlockingThread("dashboard-broker", make: source.makeBrokerMetrics)
        self.broker = broker
        let fleets = Cached(every: interval) { try await looks.perform { RenderedFleet(try $0.look()) } }
        self.fleets = fleets
        json = Cached(every: interval) { try renderJSON(try await fleets.value().fleet) }
        let runs = CachedByKey<RunID, RunOverview>(every: interval, capacity: 256) { run in try await looks.perform { try $0.look(at: run) }
        }
        self.runs = runs
        reports = ReportPages(database) { try await runs.value(of: $0) }
        brokerFamilies = Cached(every: .seconds(5)) { try await broker.perform { try $0() } }
    }

    /// A session that gives up soon, because a request waits for it.
    static func store(_ database: DatabaseAddress, _ purpose: String, statementSeconds: Int = 10) -> EvaluationStore {
        var options = ConnectionOptions(applicationName: "evalctl dashboard\(purpose)")
        options.connectTimeout = .seconds(2)
        options.statementTimeout = .seconds(statementSeconds)
        options.answerGrace = .seconds(2)
        options.lockTimeout = .seconds(3)
        options.tcpUserTimeout = .seconds(8)
        options.idleInTransactionTimeout = .seconds(10)
        var retry = RetryPolicy()
        retry.totalTime = .zero
        return EvaluationStore(session: PostgresSession(database, options: options, retry: retry))
    }

    /// The fleet, not older than the interval.
    func fleet() async throws -> RenderedFleet { try await fleets.value() }

    /// The fleet as JSON, not older than twice the interval.
    func fleetJSON() async throws -> String { try await json.value() }

    /// One run, not older than the interval.
    /// - Throws: `store.not_found`.
    func run(_ run: RunID) async throws -> RunOverview { try await runs.value(of: run) }

    /// Runs that have ended, newest first, before one of them.
    func ended(before run: RunID?, limit: Int) async throws -> [RunOverview] {
        try await looks.perform { try $0.ended(before: run, limit: limit) }
    }

    /// A run's report as a page, not older than ten seconds.
    /// - Throws: `store.not_found`.
    func report(_ run: RunID) async throws -> String { try await reports.html(of: run) }

    /// Does something with the database that may take longer than a look.
    func perform<Result: Sendable>(_ body: @escaping @Sendable (EvaluationStore) throws -> Result) async throws -> Result {
        try await work.perform(body)
    }

    /// What the broker says, not older than five seconds.
    func brokerMetrics() async throws -> [MetricFamily] { try await brokerFamilies.value() }

    func stop() {
        looks.stop()
        work.stop()
        reports.stop()
        broker.stop()
    }
}
