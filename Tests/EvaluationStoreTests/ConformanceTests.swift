import Diagnostics
import Evaluation
import EvaluationStore
import Postgres
import TestSupport
import Testing

/// The guarded statements do exactly what ``ShardMachine`` says: random histories are played to both, and compared after each step.
@Suite(.requiresPostgres) struct ConformanceTests {
    /// A generator whose numbers are the same everywhere.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) << 32 | (state &* 2_862_933_555_777_941_757) >> 32
        }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `a random history leaves the rows that the state machine has`(seed: UInt64) throws {
        try StoreFixture.withStore { fixture in
            var numbers = Numbers(state: seed)
            let run = try fixture.submit(images: 4, size: 4, maxAttempts: 2)
            let policy = StoreFixture.policy(maxTransientFailures: 3)
            var modelPolicy = policy
            modelPolicy.maxAttempts = 2
            let workers = [try fixture.worker(), try fixture.worker()]
            var machines = [ShardMachine(id: ShardAttempt(run: run, shard: 0, attempt: 1), imageCount: 4)]
            var leases: [Lease] = []
            for _ in 0..<60 {
                let index = Int.random(in: 0..<machines.count, using: &numbers)
                let worker = workers.randomElement(using: &numbers) ?? workers[0]
                let lease = leases.randomElement(using: &numbers)
                switch Int.random(in: 0..<20, using: &numbers) {
                case 0...3:
                    let published = try fixture.publish(run)
                    for machine in machines.indices { _ = machines[machine].publish() }
                    _ = published
                case 4:
                    try fixture.store.unpublish([machines[index].id])
                    _ = machines[index].unpublish(attempt: machines[index].id.attempt)
                case 5...9:
                    // Now and then an outdated message.
                    var attempt = machines[index].id
                    if Int.random(in: 0..<5, using: &numbers) == 0 { attempt.attempt = max(1, attempt.attempt - 1) }
                    let claimed = try fixture.store.claim(attempt, worker: worker, leaseSeconds: 1000)
                    let holder = ShardMachine.Holder(token: claimed?.token ?? "none", worker: worker)
                    #expect(machines[index].claim(attempt: attempt.attempt, holder) == (claimed != nil))
                    if let claimed { leases.append(claimed) }
                case 10, 11:
                    try fixture.store.offerBackups([Publication(job: JobMessage(machines[index].id, isBackup: true), partition: 0)])
                    _ = machines[index].offerBackup()
                case 12, 13:
                    let attempt = machines[index].id
                    let claimed = try fixture.store.claim(JobMessage(attempt, isBackup: true), worker: worker, leaseSeconds: 1000)
                    let holder = ShardMachine.Holder(token: claimed?.token ?? "none", worker: worker)
                    #expect(machines[index].claimBackup(attempt: attempt.attempt, holder) == (claimed != nil))
                    if let claimed { leases.append(claimed) }
                case 14:
                    let standings = try fixture.store.renew(leases, seconds: 1000)
                    #expect(standings.map { $0 == .held } == leases.map { machines[$0.attempt.shard].renew($0.token) })
                case 15:
                    guard let lease else { continue }
                    try fixture.store.handBack(lease)
                    _ = machines[lease.attempt.shard].end(lease.token, .handedBack, policy: modelPolicy)
                case 16, 17:
                    guard let lease else { continue }
                    let kind = FailureClass.allCases.randomElement(using: &numbers) ?? .unknown
                    let isExpiry = Bool.random(using: &numbers)
                    if isExpiry {
                        var holding = lease
                        holding.isBackup = machines[lease.attempt.shard].backup?.token == lease.token
                        try fixture.expire(holding)
                    } else {
                        try fixture.store.fail(lease, AttemptFailure(kind, code: "c", message: "m"), worker: worker)
                    }
                    let ended = try fixture.store.rescue(policy: policy)
                    let consequence = machines[lease.attempt.shard].end(
                        lease.token, isExpiry ? .expired : .failed(kind), policy: modelPolicy)
                    #expect((ended.first?.consequence ?? .ignored) == consequence)
                    if let parts = ended.first?.parts, !parts.isEmpty {
                        let halves = ShardMachine.halves(of: try #require(ended.first?.range))
                        for (part, range) in zip(parts, [halves.0, halves.1]) {
                            machines.append(
                                ShardMachine(
                                    id: ShardAttempt(run: run, shard: part, attempt: 1), imageCount: range.imageCount, isPart: true))
                        }
                    }
                case 18:
                    guard let lease, Int.random(in: 0..<2, using: &numbers) == 0 else { continue }
                    let outcome = machines[lease.attempt.shard].store(lease.token)
                    do {
                        try fixture.store.store(StoreFixture.result(for: lease), lease: lease, worker: workers[0])
                        #expect(outcome != .refused)
                        if outcome == .stored { machines[lease.attempt.shard].primary?.worker = workers[0] }
                    } catch let failure as Failure {
                        #expect(failure.code == .leaseLost)
                        #expect(outcome == .refused)
                    }
                default:
                    guard Int.random(in: 0..<12, using: &numbers) == 0 else { continue }
                    try fixture.store.steer(run, .cancel)
                    for machine in machines.indices { _ = machines[machine].cancel() }
                }
                try compare(fixture, run, machines)
            }
        }
    }

    private func compare(_ fixture: StoreFixture, _ run: RunID, _ machines: [ShardMachine]) throws {
        let rows = try PostgresConnection(fixture.address).execute(
            """
            SELECT shard, state, attempt, failures, transient_failures, lease_token::text AS primary_token, worker_id,
                   backup_token::text AS backup_token, backup_worker_id, speculative, image_count, split_from IS NOT NULL AS is_part
            FROM shards WHERE run_id = $1 ORDER BY shard
            """, [.int64(run.rawValue)])
        try #require(rows.count == machines.count)
        for (row, machine) in zip(rows, machines) {
            #expect(try row.text("state") == machine.state.rawValue)
            #expect(try row.int("attempt") == machine.id.attempt)
            #expect(try row.int("failures") == machine.failures)
            #expect(try row.int("transient_failures") == machine.transientFailures)
            #expect(try row.textIfPresent("primary_token") == machine.primary?.token)
            #expect(try row.textIfPresent("backup_token") == machine.backup?.token)
            #expect(try row.bool("speculative") == machine.isBackupOffered)
            #expect(try row.int("image_count") == machine.imageCount)
            #expect(try row.bool("is_part") == machine.isPart)
            if let worker = machine.primary?.worker { #expect(try row.int("worker_id") == Int(worker)) }
            if let worker = machine.backup?.worker { #expect(try row.int("backup_worker_id") == Int(worker)) }
        }
    }
}
