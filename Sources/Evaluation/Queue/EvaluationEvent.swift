/// Something that happened, for whoever watches `eval.events`. Losing one loses nothing: the database has it all.
///
/// On the wire it is a JSON object with `version`, `event`, and what the event concerns; see `docs/operations.md`.
package enum EvaluationEvent: Sendable, Hashable {
    case runStarted(RunID)
    case runFinished(RunID, images: Int, failed: Int, complete: Bool)
    case runPaused(RunID)
    case runResumed(RunID)
    case runCancelled(RunID)
    case shardDone(RunID, shard: Int, images: Int, worker: Int64)
    case shardLost(ShardAttempt)
    case shardSplit(RunID, shard: Int, parts: [Int])
    case imagesDead(RunID, shard: Int, ordinals: Range<Int>, code: String)
    case workerJoined(Int64, host: String)
    case workerGone(Int64, host: String)
    case workerStopped(Int64, host: String)

    /// The event's name.
    package var name: String {
        switch self {
        case .runStarted: "run_started"
        case .runFinished: "run_finished"
        case .runPaused: "run_paused"
        case .runResumed: "run_resumed"
        case .runCancelled: "run_cancelled"
        case .shardDone: "shard_done"
        case .shardLost: "shard_lost"
        case .shardSplit: "shard_split"
        case .imagesDead: "images_dead"
        case .workerJoined: "worker_joined"
        case .workerGone: "worker_gone"
        case .workerStopped: "worker_stopped"
        }
    }

    /// The message's value.
    package var encoded: [UInt8] {
        let members: String =
            switch self {
            case .runStarted(let run), .runPaused(let run), .runResumed(let run), .runCancelled(let run): #""run":\#(run)"#
            case .runFinished(let run, let images, let failed, let complete):
                #""run":\#(run),"images":\#(images),"failed":\#(failed),"complete":\#(complete)"#
            case .shardDone(let run, let shard, let images, let worker):
                #""run":\#(run),"shard":\#(shard),"images":\#(images),"worker":\#(worker)"#
            case .shardLost(let lost): #""run":\#(lost.run),"shard":\#(lost.shard),"attempt":\#(lost.attempt)"#
            case .shardSplit(let run, let shard, let parts):
                #""run":\#(run),"shard":\#(shard),"parts":[\#(parts.map(String.init).joined(separator: ","))]"#
            case .imagesDead(let run, let shard, let ordinals, let code):
                #""run":\#(run),"shard":\#(shard),"first_ordinal":\#(ordinals.lowerBound),"images":\#(ordinals.count),"code":\#(quoted(code))"#
            case .workerJoined(let worker, let host), .workerGone(let worker, let host), .workerStopped(let worker, let host):
                #""worker":\#(worker),"host":\#(quoted(host))"#
            }
        return Array(#"{"version":1,"event":"\#(name)",\#(members)}"#.utf8)
    }

    /// A text as JSON has it.
    private func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"": return "\\\""
            case "\\": return "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: return String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}
