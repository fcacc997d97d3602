import Diagnostics
import Evaluation
import Testing

@Suite struct JobMessageTests {
    @Test func `a job message survives the wire`() throws {
        let message = JobMessage(ShardAttempt(run: RunID(12), shard: 17, attempt: 2))
        #expect(String(decoding: message.encoded(), as: UTF8.self) == #"{"version":1,"run":12,"shard":17,"attempt":2}"#)
        #expect(try JobMessage.decode(message.encoded()) == message)
    }

    @Test func `members that a later program adds are ignored`() throws {
        let bytes = Array(#"{"version":1,"run":1,"shard":0,"attempt":1,"hint":[1,{"a":null}]}"#.utf8)
        #expect(try JobMessage.decode(bytes).attempt == ShardAttempt(run: RunID(1), shard: 0, attempt: 1))
    }

    @Test(arguments: [
        "", "null", "[]", "{", "17", #"{"version":1}"#, #"{"version":2,"run":1,"shard":0,"attempt":1}"#,
        #"{"version":1,"run":0,"shard":0,"attempt":1}"#, #"{"version":1,"run":1,"shard":-1,"attempt":1}"#,
        #"{"version":1,"run":1,"shard":0,"attempt":0}"#, #"{"version":1,"run":1,"shard":99999999999,"attempt":1}"#,
        #"{"version":1,"run":1e400,"shard":0,"attempt":1}"#, #"{"version":1,"run":"1","shard":0,"attempt":1}"#,
        String(repeating: "[", count: 4000), String(repeating: " ", count: 5000),
    ])
    func `what is no job message is refused without quoting it`(text: String) {
        let failure = #expect(throws: Failure.self) { try JobMessage.decode(Array(text.utf8)) }
        #expect(failure?.code == .undecodableMessage)
        #expect((failure?.message.count ?? 999) < 120)
    }

    @Test func `a message without a value is refused`() {
        #expect(throws: Failure.self) { try JobMessage.decode(nil) }
    }
}
