import Diagnostics
import Foundation
import Kafka
import Testing

/// What is made of librdkafka's words, and of how often it says them.
@Suite struct DiagnosisTests {
    private func refusal(_ line: String, _ properties: (name: String, value: String)..., version: Int = 0x0206_0100) -> ConnectionRefusal? {
        ConnectionRefusal(of: line, KafkaConfiguration(bootstrapServers: "h:1", properties: properties), version: version)
    }

    @Test func `a wrong authority, an expired certificate and a wrong host name are told apart`() {
        let handshake = "ssl://h:1/bootstrap: SSL handshake failed: error:0A000086:SSL routines::"
        #expect(
            refusal(handshake + "certificate verify failed: broker certificate could not be verified")?.cause.contains("authority") == true)
        #expect(refusal(handshake + "certificate verify failed: certificate has expired")?.cause.contains("expired") == true)
        #expect(refusal(handshake + "certificate verify failed: Hostname mismatch")?.cause.contains("host name") == true)
        #expect(refusal(handshake + "wrong version number")?.cause.contains("no TLS") == true)
        #expect(refusal("Connect to ipv4#127.0.0.1:1 failed: Connection refused") == nil)
    }

    @Test func `a refused login names the user, and SCRAM on an old librdkafka its own cause`() {
        let line = "sasl_ssl://h:1/1: SASL authentication error: Authentication failed during authentication due to invalid credentials"
        let scram = ("sasl.mechanisms", "SCRAM-SHA-512")
        let old = refusal(line, scram, ("sasl.username", "eval"), version: 0x0200_02ff)
        #expect(old?.cause.contains("user eval") == true)
        #expect(old?.remedy.contains("2.6.1") == true)
        #expect(refusal(line, scram)?.remedy.contains("2.6.1") == false)
        #expect(refusal(line, ("sasl.mechanisms", "PLAIN"), version: 0x0200_02ff)?.remedy.contains("2.6.1") == false)
    }

    @Test func `a file that a property names and that is missing is named`() throws {
        let failure = #expect(throws: Failure.self) {
            try KafkaConfiguration(
                bootstrapServers: "h:1", properties: [("security.protocol", "SSL"), ("ssl.ca.location", "/nonexistent/ca.pem")]
            ).validate()
        }
        #expect(failure?.code == .kafkaProperty)
        #expect(failure?.message.contains("/nonexistent/ca.pem") == true)
        #expect(failure?.message.contains("ssl.ca.location") == true)
    }

    @Test func `a program's clients log two lines a minute, and says how many it left out`() {
        var volume = LogVolume()
        let start = ContinuousClock.now
        let admitted = (0..<40).compactMap { volume.admit(at: start + .milliseconds($0)) }
        #expect(admitted == [0, 0])
        let (later, last) = (volume.admit(at: start + .seconds(61)), volume.admit(at: start + .seconds(62)))
        #expect(later == 38)
        #expect(last == 0)
    }

    @Test func `a refusal stands until the client is served or it is not repeated, and is told once a minute`() {
        var standing = StandingProblem()
        let start = ContinuousClock.now
        let told = [0, 30, 61, 62].map { standing.note("no right", at: start + .seconds($0)) }
        #expect(told == [true, false, true, false])
        #expect(standing.problem(at: start + .seconds(100)) == "no right")
        #expect(standing.problem(at: start + .seconds(200)) == nil)
        let isOtherTold = standing.note("another", at: start + .seconds(201))
        #expect(isOtherTold)
        standing.noteService()
        #expect(standing.problem(at: start + .seconds(202)) == nil)
    }

    @Test func `trouble counts once it lasts, and service begins it anew`() {
        var trouble = LastingTrouble(grace: .seconds(5))
        let start = ContinuousClock.now
        let lasting = [0, 4, 5].map { trouble.noteTrouble(at: start + .seconds($0)) }
        #expect(lasting == [false, false, true])
        trouble.noteService()
        let again = trouble.noteTrouble(at: start + .seconds(6))
        #expect(!again)
    }
}
