import Diagnostics
import Foundation
import Kafka
import Testing

@Suite struct ConfigurationTests {
    @Test func `a property that librdkafka does not know is named`() throws {
        let configuration = KafkaConfiguration(bootstrapServers: "127.0.0.1:1", properties: [("no.such.property", "s3cret")])
        let failure = #expect(throws: Failure.self) { try KafkaProducer(configuration, logger: TestCluster.logger) }
        #expect(failure?.code == .kafkaProperty)
        #expect(failure?.description.contains("no.such.property") == true)
        #expect(failure?.description.contains("s3cret") == false)
    }

    @Test func `a property's bad value is refused with librdkafka's reason, without being quoted`() throws {
        let configuration = KafkaConfiguration(bootstrapServers: "127.0.0.1:1", properties: [("security.protocol", "s3cret")])
        let failure = #expect(throws: Failure.self) { try configuration.validate() }
        #expect(failure?.message.contains("security.protocol: Invalid value") == true)
        #expect(failure?.description.contains("s3cret") == false)
        #expect(configuration.description == "127.0.0.1:1 (security.protocol)")
    }

    @Test func `no way of printing a configuration shows a value`() throws {
        let configuration = KafkaConfiguration(bootstrapServers: "h:1", properties: [("sasl.password", "hunter2")])
        try configuration.validate()
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration) \(String(reflecting: configuration)) \(dumped)".contains("hunter2"))
    }

    @Test func `secrets are masked under misspelt names too, and what names a file is not`() {
        for name in ["sasl.password", "sasl.passwrd", "Sasl.Password", "ssl.key.pem", "sasl.oauthbearer.config", "ssl.keypass", "sasl.pwd"]
        {
            #expect(KafkaConfiguration.masked((name, "hunter2")) == "\(name)=***")
        }
        for name in ["security.protocol", "ssl.ca.location", "ssl.key.location", "compression.type"] {
            #expect(KafkaConfiguration.masked((name, "x")) == "\(name)=x")
        }
    }

    @Test func `a value that is only found bad when the client is made is not quoted`() throws {
        let configuration = KafkaConfiguration(
            bootstrapServers: "h:1",
            properties: [("security.protocol", "SSL"), ("ssl.key.pem", "hunter2"), ("ssl.key.password", "swordfish")])
        let failure = #expect(throws: Failure.self) { try KafkaAdmin(configuration, logger: TestCluster.logger) }
        #expect(failure?.code == .kafkaProperty)
        #expect(failure?.description.contains("hunter2") == false)
        #expect(failure?.description.contains("swordfish") == false)
    }

    @Test(arguments: ["group.id", "bootstrap.servers", "enable.auto.commit", "acks"])
    func `a property that this program sets itself is refused by name`(name: String) throws {
        let failure = #expect(throws: Failure.self) {
            try KafkaConfiguration(bootstrapServers: "h:1", properties: [(name, "1")]).validate()
        }
        #expect(failure?.code == .kafkaProperty)
        #expect(failure?.message.contains(name) == true)
    }

    @Test func `servers are needed, and null characters are refused`() throws {
        #expect(throws: Failure.self) { try KafkaConfiguration(bootstrapServers: "").validate() }
        #expect(throws: Failure.self) { try KafkaConfiguration(bootstrapServers: "h:1", properties: [("client.rack", "a\0b")]).validate() }
    }

    @Test func `a property flag needs a name`() throws {
        #expect(try KafkaConfiguration.property(parsing: "a=b=c") == ("a", "b=c"))
        #expect(try KafkaConfiguration.property(parsing: "a=") == ("a", ""))
        #expect(throws: Failure.self) { try KafkaConfiguration.property(parsing: "=b") }
        let failure = #expect(throws: Failure.self) { try KafkaConfiguration.property(parsing: "sasl.password:hunter2") }
        #expect(failure?.description.contains("hunter2") == false)
    }

    private func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
        let file = FileManager.default.temporaryDirectory.appending(path: "evalctl-test-\(UUID().uuidString).properties")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(file.path)
    }

    @Test func `a file of properties is read line by line, without comments and spaces`() throws {
        let text = "# a comment\n\n security.protocol = SASL_SSL \r\nsasl.password=a=b c\n\tsasl.username=\n"
        let properties = try withFile(text) { try KafkaConfiguration.properties(ofFile: $0) }
        #expect(properties.map(\.name) == ["security.protocol", "sasl.password", "sasl.username"])
        #expect(properties.map(\.value) == ["SASL_SSL", "a=b c", ""])
    }

    @Test(arguments: ["a=b\ns3cret\n", "a=b\n=s3cret\n"]) func `a line that is no property is named by its number, without being quoted`(
        text: String
    )
        throws
    {
        let failure = #expect(throws: Failure.self) { try withFile(text) { try KafkaConfiguration.properties(ofFile: $0) } }
        #expect(failure?.code == .kafkaProperty)
        #expect(failure?.message.contains("line 2") == true)
        #expect(failure?.description.contains("s3cret") == false)
    }

    @Test func `a file that is not there is named`() {
        let failure = #expect(throws: Failure.self) { try KafkaConfiguration.properties(ofFile: "/nonexistent/kafka") }
        #expect(failure?.message.contains("/nonexistent/kafka") == true)
    }
}
