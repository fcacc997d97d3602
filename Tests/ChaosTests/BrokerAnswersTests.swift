import Chaos
import Testing

@Suite struct BrokerAnswersTests {
    private func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

    private func frame(_ contents: [UInt8]) -> [UInt8] { number(contents.count) + contents }

    private func metadata(port: Int) -> [UInt8] {
        frame([0, 0, 0, 7, 0, 9] + Array("127.0.0.1".utf8) + number(port) + [0, 9] + Array("127.0.0.1".utf8) + number(9) + [0x31])
    }

    @Test(arguments: [1, 2, 5, 1000]) func `the broker's address becomes the proxy's, in pieces of any size`(size: Int) {
        var answers = BrokerAnswers(brokerPort: 34_567, proxyPort: 1234)
        let sent = metadata(port: 34_567) + frame([]) + metadata(port: 34_567)
        var passed: [UInt8] = []
        for start in stride(from: 0, to: sent.count, by: size) {
            passed += answers.pass(sent[start..<min(start + size, sent.count)])
        }
        #expect(passed == metadata(port: 1234) + frame([]) + metadata(port: 1234))
    }

    @Test func `long answers pass as they are, and at once`() {
        var answers = BrokerAnswers(brokerPort: 34_567, proxyPort: 1234)
        let long = frame([UInt8](repeating: 5, count: 100_000) + Array("127.0.0.1".utf8) + number(34_567))
        #expect(answers.pass(long[..<50_000]) == Array(long[..<50_000]))
        #expect(answers.pass(long[50_000...]) == Array(long[50_000...]))
        #expect(answers.pass(metadata(port: 34_567)[...]) == metadata(port: 1234))
    }
}
