import Evaluation
import Foundation
import Testing

@Suite struct EvaluationEventTests {
    @Test func `every event is a JSON object with a version and its name`() throws {
        let run = RunID(7)
        let events: [EvaluationEvent] = [
            .runStarted(run), .runPaused(run), .runResumed(run), .runCancelled(run),
            .runFinished(run, images: 9, failed: 1, complete: false), .shardDone(run, shard: 3, images: 4, worker: 2),
            .shardLost(ShardAttempt(run: run, shard: 3, attempt: 2)), .shardSplit(run, shard: 3, parts: [4, 5]),
            .imagesDead(run, shard: 3, ordinals: 8..<9, code: "worker.lost"), .workerJoined(2, host: "a"), .workerGone(2, host: "a\"\\\n"),
            .workerStopped(2, host: "a"),
        ]
        for event in events {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(event.encoded)) as? [String: Any])
            #expect(object["version"] as? Int == 1)
            #expect(object["event"] as? String == event.name)
        }
        #expect(Set(events.map(\.name)).count == events.count)
        let gone = try JSONSerialization.jsonObject(with: Data(events[10].encoded)) as? [String: Any]
        #expect(gone?["host"] as? String == "a\"\\\n")
    }
}
