import Diagnostics
import Evaluation
import EvaluationStore
import Postgres
import TestSupport
import Testing

/// The guarded statements do exactly what ``ShardMachine`` does: random histories are played to both, and compared after each step.
@Suite(.requiresPostgres) struct ConformanceTests {
    /// - Parameter asksForNext: whether workers claim what comes next, as they do where jobs travel through the database, or what a message names.
    @Test(arguments: [false, true]) func `random histories leave the rows that the state machine has`(asksForNext: Bool) throws {
        var seen: Set<String> = []
        for seed in 1...60 as ClosedRange<UInt64> { try playHistory(seed: seed, asksForNext: asksForNext, &seen) }
        // Otherwise the histories would prove less than they seem to.
        let outcomes = [
            "claimed", "not claimed", "second claimed", "second not claimed", "stored", "storedBefore", "refused", "backupEnded",
            "promoted",
            "retried", "split", "died", "ignored", "lost", "handed back", "revived", "cancelled",
        ]
        #expect(Set(outcomes).subtracting(seen).isEmpty)
    }

    private func playHistory(seed: UInt64, asksForNext: Bool, _ seen: inout Set<String>) throws {
        try StoreFixture.withStore { fixture in
            var numbers = SeededGenerator(seed: seed)
            let connection = try PostgresConnection(fixture.address)
            let run = try fixture.submit(images: 2, size: 2, maxAttempts: 2)
            let policy = StoreFixture.policy()
            var modelPolicy = policy
            modelPolicy.maxAttempts = 2
            let workers = [try fixture.worker(), try fixture.worker()]
            var machines = [ShardMachine(id: ShardAttempt(run: run, shard: 0, attempt: 1), imageCount: 2)]
            var leases: [Lease] = []
            for _ in 0..<80 {
                let index = Int.random(in: 0..<machines.count, using: &numbers)
                let worker = workers.randomElement(using: &numbers) ?? workers[0]
                // Mostly one of the newest, which may still stand.
                let lease = leases.suffix(Int.random(in: 0..<4, using: &numbers) == 0 ? 80 : 2).randomElement(using: &numbers)
                switch Int.random(in: 0..<21, using: &numbers) {
                case 0...3:
                    let published = try fixture.publish(run)
                    for machine in machines.indices { _ = machines[machine].publish() }
                    _ = published
                case 4:
                    try fixture.store.queue.unpublish([machines[index].id])
                    _ = machines[index].unpublish(attempt: machines[index].id.attempt)
                case 5...9 where asksForNext:
                    let isRunOver = machines.contains { $0.state == .cancelled }
                    let wanted = machines.contains { machine in
                        machine.state == .published
                            || machine.state == .running && machine.isBackupOffered && machine.backup == nil
                                && machine.primary?.worker != worker
                    }
                    let claimed = try fixture.store.queue.claim(.next, .test(worker, leaseSeconds: 1000))
                    #expect((claimed != nil) == (wanted && !isRunOver))
                    guard let claimed else {
                        seen.insert("not claimed")
                        break
                    }
                    let holder = ShardMachine.Holder(token: claimed.token, worker: worker)
                    let shard = claimed.attempt.shard
                    #expect(
                        claimed.isBackup
                            ? machines[shard].claimBackup(attempt: claimed.attempt.attempt, holder)
                            : machines[shard].claim(attempt: claimed.attempt.attempt, holder))
                    seen.insert(claimed.isBackup ? "second claimed" : "claimed")
                    leases.append(claimed)
                case 5...9:
                    // Now and then an outdated message.
                    var attempt = machines[index].id
                    if Int.random(in: 0..<5, using: &numbers) == 0 { attempt.attempt = max(1, attempt.attempt - 1) }
                    let claimed = try fixture.store.queue.claim(attempt, worker: worker, leaseSeconds: 1000)
                    let holder = ShardMachine.Holder(token: claimed?.token ?? "none", worker: worker)
                    #expect(machines[index].claim(attempt: attempt.attempt, holder) == (claimed != nil))
                    seen.insert(claimed == nil ? "not claimed" : "claimed")
                    if let claimed { leases.append(claimed) }
                case 10:
                    try fixture.store.queue.offerBackups([machines[index].id])
                    _ = machines[index].offerBackup()
                case 11...13:
                    let attempt = machines[index].id
                    let other = workers.first { $0 != machines[index].primary?.worker } ?? worker
                    let worker = Bool.random(using: &numbers) ? worker : other
                    if Bool.random(using: &numbers) {
                        try fixture.store.queue.offerBackups([attempt])
                        _ = machines[index].offerBackup()
                    }
                    let claimed = try fixture.store.queue.claim(JobMessage(attempt, isBackup: true), worker: worker, leaseSeconds: 1000)
                    let holder = ShardMachine.Holder(token: claimed?.token ?? "none", worker: worker)
                    #expect(machines[index].claimBackup(attempt: attempt.attempt, holder) == (claimed != nil))
                    seen.insert(claimed == nil ? "second not claimed" : "second claimed")
                    if let claimed { leases.append(claimed) }
                case 14:
                    let standings = try fixture.store.queue.renew(leases, seconds: 1000)
                    if standings.contains(.lost) { seen.insert("lost") }
                    #expect(standings.map { $0 == .held } == leases.map { machines[$0.attempt.shard].renew($0.token) })
                case 15:
                    guard let lease else { continue }
                    try fixture.store.queue.handBack(lease)
                    if machines[lease.attempt.shard].handBack(lease.token) {
                        seen.insert("handed back")
                    }
                case 16, 17:
                    guard let lease else { continue }
                    let kind = FailureClass.allCases.randomElement(using: &numbers) ?? .unknown
                    let isExpiry = Bool.random(using: &numbers)
                    if isExpiry {
                        var holding = lease
                        holding.isBackup = machines[lease.attempt.shard].backup?.token == lease.token
                        try fixture.expire(holding)
                    } else {
                        try fixture.store.queue.fail(lease, AttemptFailure(kind, code: "c", message: "m"), worker: worker)
                    }
                    let ended = try fixture.store.queue.rescue(policy: policy)
                    let machine = machines[lease.attempt.shard]
                    // Lost with another shard that was lost before: that one is blamed.
                    let isSpared =
                        isExpiry && machine.failures == 0 && machine.primary?.token == lease.token
                        && machines.contains { $0.state == .running && $0.failures > 0 && $0.primary?.worker == machine.primary?.worker }
                    let consequence = machines[lease.attempt.shard].end(
                        lease.token, isSpared ? .transient : isExpiry ? .unknown : kind, policy: modelPolicy)
                    #expect(ended.first?.consequence == consequence)
                    seen.insert(consequence.map { String("\($0)".prefix { $0 != "(" }) } ?? "ignored")
                    if let parts = ended.first?.parts, !parts.isEmpty {
                        let halves = try #require(ended.first?.range).halves
                        for (part, range) in zip(parts, [halves.0, halves.1]) {
                            machines.append(
                                ShardMachine(
                                    id: ShardAttempt(run: run, shard: part, attempt: 1), imageCount: range.imageCount, isPart: true))
                        }
                    }
                case 18:
                    guard let lease else { continue }
                    let outcome = machines[lease.attempt.shard].store(lease.token)
                    seen.insert("\(outcome)")
                    do {
                        try fixture.store.queue.store(StoreFixture.result(for: lease), lease: lease, worker: workers[0])
                        #expect(outcome != .refused)
                        if outcome == .stored { machines[lease.attempt.shard].primary?.worker = workers[0] }
                    } catch let failure as Failure {
                        #expect(failure.code == .leaseLost)
                        #expect(outcome == .refused)
                    }
                case 19 where !machines.contains { $0.state == .cancelled }:
                    let revived = machines.indices.filter { machines[$0].revive() }
                    let images = revived.map { machines[$0].imageCount }.reduce(0, +)
                    #expect(try fixture.store.queue.retryDead(run, shards: nil) == images)
                    if !revived.isEmpty { seen.insert("revived") }
                default:
                    guard Int.random(in: 0..<12, using: &numbers) == 0 else { continue }
                    try fixture.store.queue.steer(run, .cancel)
                    seen.insert("cancelled")
                    for machine in machines.indices { _ = machines[machine].cancel() }
                }
                try compare(connection, run, machines)
            }
        }
    }

    private func compare(_ connection: PostgresConnection, _ run: RunID, _ machines: [ShardMachine]) throws {
        let rows = try connection.execute(
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
