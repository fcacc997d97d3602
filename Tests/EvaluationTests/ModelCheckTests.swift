import Evaluation
import TestSupport
import Testing

/// Walks through every order in which things can happen to a small run, and looks at every world on the way.
@Suite struct ModelCheckTests {
    private static let policy = AttemptPolicy(
        maxAttempts: 2, backoff: AttemptBackoff(firstDelay: 0, maximumDelay: 0))

    /// All worlds that are reached within `depth` events, with the kinds of events that led to each.
    private func worlds(from start: DeliveryModel, depth: Int) -> [DeliveryModel: Set<String>] {
        var found: [DeliveryModel: Set<String>] = [start: []]
        var frontier = [start]
        for _ in 0..<depth where !frontier.isEmpty {
            var next: [DeliveryModel] = []
            for world in frontier {
                for event in world.events {
                    guard let after = world.after(event) else { continue }
                    if found[after] == nil { next.append(after) }
                    found[after, default: []].insert(after.hasJustSplit ? "split" : event.kind)
                }
            }
            frontier = next
        }
        return found
    }

    /// What must hold in every world.
    private func violations(_ world: DeliveryModel) -> [String] {
        var violations: [String] = []
        var owners = [[Int]](repeating: [], count: world.stored.count)
        for (index, shard) in world.shards.enumerated() where shard.state != .split {
            for image in world.ranges[index].ordinals { owners[image].append(index) }
        }
        for (image, count) in world.stored.enumerated() {
            if count > 1 { violations.append("image \(image) is stored \(count) times") }
            guard let owner = owners[image].first, owners[image].count == 1 else {
                violations.append("image \(image) belongs to \(owners[image].count) shards")
                continue
            }
            let state = world.shards[owner].state
            if (count == 1) != (state == .done) { violations.append("image \(image) is stored \(count) times, its shard is \(state)") }
            if world.dead.contains(image) != (state == .dead) { violations.append("image \(image) is dead or not, its shard is \(state)") }
        }
        for shard in world.shards {
            if shard.state == .running, shard.primary == nil { violations.append("shard \(shard.id.shard) runs with nobody") }
            if shard.state != .running, shard.backup != nil {
                violations.append("shard \(shard.id.shard) has a second worker, but does not run")
            }
            if let backup = shard.backup, backup.worker == shard.primary?.worker {
                violations.append("shard \(shard.id.shard) has one worker twice")
            }
        }
        if world.wasStoredByStranger { violations.append("a worker stored a shard that was not its own") }
        if world.run == .finished, !world.shards.allSatisfy(\.state.isTerminal) { violations.append("the run finished before its shards") }
        return violations
    }

    /// Goes on from a world with no further mishaps but those that the killing image makes, until the run has ended.
    /// - Returns: the last world, nil where the run does not end.
    private func ending(of world: DeliveryModel) -> DeliveryModel? {
        var world = world
        for _ in 0..<400 {
            if world.run.isTerminal { return world }
            guard let event = fairEvent(world), let next = world.after(event) else { return nil }
            world = next
        }
        return nil
    }

    /// The next thing that happens where everybody does what they should.
    private func fairEvent(_ world: DeliveryModel) -> DeliveryModel.Event? {
        if world.run == .paused { return .steer(.resume) }
        for (index, holding) in world.workers.enumerated() {
            if let holding { return world.kills(holding.shard) ? .crash(worker: index) : .store(worker: index) }
        }
        for (index, shard) in world.shards.enumerated() where shard.state == .running {
            return .expire(shard: index, isBackup: shard.backup != nil)
        }
        if let message = world.messages.keys.min(by: { "\($0)" < "\($1)" }) { return .claim(message, worker: 0) }
        for (index, shard) in world.shards.enumerated() {
            if shard.state == .pending { return .publish(shard: index) }
            if shard.state == .published { return .republish(shard: index) }
        }
        return .steer(.finish)
    }

    private func check(_ start: DeliveryModel, depth: Int) throws -> [DeliveryModel: Set<String>] {
        let found = worlds(from: start, depth: depth)
        for world in found.keys {
            let violations = violations(world)
            if !violations.isEmpty { Issue.record("\(violations) in \(world)") }
            try #require(violations.isEmpty)
            let last = ending(of: world)
            if last == nil { Issue.record("the run does not end from \(world)") }
            let end = try #require(last)
            if end.run == .finished {
                #expect(end.stored.indices.allSatisfy { (end.stored[$0] == 1) != end.dead.contains($0) })
            }
        }
        return found
    }

    @Test func `one image, two workers: stored at most once, never lost, and the run ends, whatever happens`() throws {
        let found = try check(DeliveryModel(images: 1, shardSize: 1, workers: 2, policy: Self.policy), depth: 16)
        #expect(found.count > 20_000)
    }

    @Test func `an image that kills workers is found by halving, whatever happens on the way`() throws {
        let start = DeliveryModel(images: 2, shardSize: 2, workers: 2, killer: 1, policy: Self.policy)
        let found = try check(start, depth: 13)
        #expect(found.keys.contains { $0.shards.contains { $0.state == .split } })
        let quiet = try #require(ending(of: start))
        #expect(quiet.stored == [1, 0])
        #expect(quiet.dead == [1])
    }

    @Test func `two shards and two workers do not get into each other's way`() throws {
        _ = try check(DeliveryModel(images: 2, shardSize: 1, workers: 2, policy: Self.policy), depth: 9)
    }

    @Test func `every pair of events is walked through in both orders, but for those that cannot follow each other`() {
        let kinds = ["publish", "duplicate", "claim", "renew", "expire", "store", "crash", "split", "cancel"]
        var pairs: Set<[String]> = []
        var hasty = Self.policy
        hasty.maxAttempts = 1
        for (start, depth) in [
            (DeliveryModel(images: 2, shardSize: 2, workers: 2, policy: Self.policy), 9),
            (DeliveryModel(images: 4, shardSize: 2, workers: 2, policy: hasty), 7),
            (DeliveryModel(images: 3, shardSize: 2, workers: 2, policy: hasty), 7),
        ] {
            let found = worlds(from: start, depth: depth)
            for (world, incoming) in found {
                for event in world.events {
                    guard let after = world.after(event) else { continue }
                    let kind = after.hasJustSplit ? "split" : event.kind
                    for before in incoming { pairs.insert([before, kind]) }
                }
            }
        }
        let missing = kinds.flatMap { first in kinds.map { [first, $0] } }.filter { !pairs.contains($0) }
        // Nothing is published, expired, split or cancelled in a run that is cancelled.
        #expect(Set(missing) == [["cancel", "publish"], ["cancel", "expire"], ["cancel", "split"], ["cancel", "cancel"]])
    }
}
