import Evaluation
import TestSupport

/// One run, its job messages and its workers, as the model check sees them: everything that may happen, in any order.
struct DeliveryModel: Hashable {
    /// What may happen next.
    enum Event: Hashable {
        case publish(shard: Int)
        case unpublish(shard: Int)
        /// A published shard's message is sent again, because it is thought lost.
        case republish(shard: Int)
        case offerBackup(shard: Int)
        case duplicate(JobMessage)
        case lose(JobMessage)
        case claim(JobMessage, worker: Int)
        case renew(worker: Int)
        case store(worker: Int)
        /// The store happened, and its answer was lost: the worker stores again.
        case storeUnanswered(worker: Int)
        case handBack(worker: Int)
        case fail(worker: Int, FailureClass)
        case crash(worker: Int)
        case expire(shard: Int, isBackup: Bool)
        case steer(RunState.Command)

        /// The event without its subject. A claim of nobody's, an expiry that splits and one that kills are kinds of their own.
        var kind: String {
            switch self {
            case .publish: "publish"
            case .unpublish: "unpublish"
            case .republish: "republish"
            case .offerBackup: "offer"
            case .duplicate: "duplicate"
            case .lose: "lose"
            case .claim: "claim"
            case .renew: "renew"
            case .store: "store"
            case .storeUnanswered: "store unanswered"
            case .handBack: "hand back"
            case .fail: "fail"
            case .crash: "crash"
            case .expire: "expire"
            case .steer(let command): command.rawValue
            }
        }
    }

    /// What a worker believes to hold.
    struct Holding: Hashable {
        var shard: Int
        var token: String
    }

    let policy: AttemptPolicy
    /// An image that kills every worker that computes it.
    let killer: Int?
    var run = RunState.running
    var shards: [ShardMachine]
    var ranges: [ShardRange]
    /// Messages in the broker, with how often each.
    var messages: [JobMessage: Int] = [:]
    var workers: [Holding?]
    /// How often each image was stored.
    var stored: [Int]
    var dead: Set<Int> = []
    /// Whether the newest event split a shard; only to tell kinds of steps apart.
    var hasJustSplit = false
    /// Whether a worker stored that was not the shard's at the time.
    var wasStoredByStranger = false

    init(images: Int, shardSize: Int, workers: Int, killer: Int? = nil, policy: AttemptPolicy) {
        self.policy = policy
        self.killer = killer
        ranges = ShardRange.cut(images: images, size: shardSize)
        shards = ranges.enumerated().map { index, range in
            ShardMachine(id: ShardAttempt(run: RunID(1), shard: index, attempt: 1), imageCount: range.imageCount)
        }
        self.workers = Array(repeating: nil, count: workers)
        stored = Array(repeating: 0, count: images)
    }

    func kills(_ shard: Int) -> Bool { killer.map(ranges[shard].ordinals.contains) ?? false }

    /// Everything that may happen now.
    var events: [Event] {
        var events: [Event] = []
        if run == .running {
            for index in shards.indices {
                switch shards[index].state {
                case .pending: events.append(.publish(shard: index))
                case .published: events += [.unpublish(shard: index), .republish(shard: index)]
                case .running: events.append(.offerBackup(shard: index))
                case .done, .split, .dead, .cancelled: break
                }
            }
        }
        for (index, shard) in shards.enumerated() where shard.state == .running {
            events.append(.expire(shard: index, isBackup: false))
            if shard.backup != nil { events.append(.expire(shard: index, isBackup: true)) }
        }
        for message in messages.keys {
            events += [.duplicate(message), .lose(message)]
            for worker in workers.indices where workers[worker] == nil { events.append(.claim(message, worker: worker)) }
        }
        for (index, holding) in workers.enumerated() {
            guard let holding else { continue }
            events += [.renew(worker: index), .crash(worker: index), .handBack(worker: index)]
            events += FailureClass.allCases.map { .fail(worker: index, $0) }
            if !kills(holding.shard) { events += [.store(worker: index), .storeUnanswered(worker: index)] }
        }
        events += [.pause, .resume, .cancel, .finish].filter { run.after($0).map { $0 != run } ?? false }.map { .steer($0) }
        return events
    }
}

extension DeliveryModel {
    /// The world after an event; nil where nothing changed.
    func after(_ event: Event) -> DeliveryModel? {
        var next = self
        next.hasJustSplit = false
        next.apply(event)
        return next == self ? nil : next
    }

    private mutating func apply(_ event: Event) {
        switch event {
        case .publish(let shard): if shards[shard].publish() { send(JobMessage(shards[shard].id)) }
        case .unpublish(let shard): _ = shards[shard].unpublish(attempt: shards[shard].id.attempt)
        case .republish(let shard): send(JobMessage(shards[shard].id))
        case .offerBackup(let shard): if shards[shard].offerBackup() { send(JobMessage(shards[shard].id, isBackup: true)) }
        case .duplicate(let message): send(message)
        case .lose(let message): take(message)
        case .claim(let message, let worker): claim(message, worker)
        case .renew(let worker): if let held = workers[worker], !shards[held.shard].renew(held.token) { workers[worker] = nil }
        case .store(let worker): store(worker, isAnswered: true)
        case .storeUnanswered(let worker): store(worker, isAnswered: false)
        case .handBack(let worker): handBack(worker)
        case .fail(let worker, let failure): fail(worker, failure)
        case .crash(let worker): workers[worker] = nil
        case .expire(let shard, let isBackup):
            let token = (isBackup ? shards[shard].backup : shards[shard].primary)?.token ?? ""
            follow(shards[shard].end(token, .unknown, policy: policy), of: shard)
        case .steer(let command): steer(command)
        }
    }

    /// A broker holds a message at most twice here, so that there are finitely many worlds.
    private mutating func send(_ message: JobMessage) { messages[message] = min(messages[message, default: 0] + 1, 2) }

    private mutating func take(_ message: JobMessage) {
        let left = messages[message, default: 0] - 1
        messages[message] = left > 0 ? left : nil
    }

    private mutating func claim(_ message: JobMessage, _ worker: Int) {
        take(message)
        guard run == .running else { return }
        let shard = message.attempt.shard
        let attempt = message.attempt.attempt
        let holder = ShardMachine.Holder(
            token: "\(shard).\(attempt).\(worker)\(message.isBackup ? "b" : "")", worker: Int64(worker))
        let isClaimed =
            message.isBackup ? shards[shard].claimBackup(attempt: attempt, holder) : shards[shard].claim(attempt: attempt, holder)
        if isClaimed { workers[worker] = Holding(shard: shard, token: holder.token) }
    }

    private mutating func store(_ worker: Int, isAnswered: Bool) {
        guard let held = workers[worker] else { return }
        let isHolder = [shards[held.shard].primary?.token, shards[held.shard].backup?.token].contains(held.token)
        if shards[held.shard].store(held.token) == .stored {
            if !isHolder { wasStoredByStranger = true }
            for image in ranges[held.shard].ordinals { stored[image] += 1 }
        }
        if isAnswered { workers[worker] = nil }
    }

    private mutating func handBack(_ worker: Int) {
        guard let held = workers[worker] else { return }
        workers[worker] = nil
        _ = shards[held.shard].handBack(held.token)
    }

    private mutating func fail(_ worker: Int, _ failure: FailureClass) {
        guard let held = workers[worker] else { return }
        workers[worker] = nil
        follow(shards[held.shard].end(held.token, failure, policy: policy), of: held.shard)
    }

    private mutating func follow(_ consequence: AttemptConsequence?, of shard: Int) {
        switch consequence {
        case .split:
            hasJustSplit = true
            let halves = ranges[shard].halves
            for half in [halves.0, halves.1] {
                ranges.append(half)
                shards.append(
                    ShardMachine(
                        id: ShardAttempt(run: RunID(1), shard: shards.count, attempt: 1), imageCount: half.imageCount, isPart: true))
            }
        case .died: dead.formUnion(ranges[shard].ordinals)
        case .backupEnded, .promoted, .retried, nil: break
        }
    }

    private mutating func steer(_ command: RunState.Command) {
        guard command != .finish || shards.allSatisfy(\.state.isTerminal), let after = run.after(command) else { return }
        run = after
        for index in shards.indices {
            if command == .pause { _ = shards[index].unpublish(attempt: shards[index].id.attempt) }
            if command == .cancel { _ = shards[index].cancel() }
        }
    }
}
