package import Diagnostics

extension Failure.Code {
    /// librdkafka refused a property or its value.
    package static let kafkaProperty = Failure.Code("kafka.property")
    /// No broker answered in time.
    package static let kafkaUnreachable = Failure.Code("kafka.unreachable")
    /// A message was not acknowledged.
    package static let kafkaDelivery = Failure.Code("kafka.delivery")
    /// A topic could not be created or described.
    package static let kafkaTopic = Failure.Code("kafka.topic")
    /// The client cannot go on and has to be made anew.
    package static let kafkaFatal = Failure.Code("kafka.fatal")
}

/// How to reach a Kafka cluster.
package struct KafkaConfiguration: Sendable {
    /// `host:port`, several separated by commas.
    package var bootstrapServers: String
    package var clientID: String
    /// Any further librdkafka properties, in order; the last of a name counts. They override this project's own choices.
    package var properties: [(name: String, value: String)]

    package init(bootstrapServers: String, clientID: String = "evalctl", properties: [(name: String, value: String)] = []) {
        self.bootstrapServers = bootstrapServers
        self.clientID = clientID
        self.properties = properties
    }

    /// Reads `name=value`, as `--kafka-property` takes it.
    /// - Throws: `kafka.property`; the value is not quoted, it may be a secret.
    package static func property(parsing text: String) throws -> (name: String, value: String) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw Failure(
                .kafkaProperty, "a Kafka property has no name", remedy: "write it as NAME=VALUE, such as security.protocol=SASL_SSL")
        }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
}

extension KafkaConfiguration: CustomStringConvertible {
    /// Names, never values: those may be secrets.
    package var description: String {
        let names = properties.map(\.name)
        return names.isEmpty ? bootstrapServers : "\(bootstrapServers) (\(names.joined(separator: ", ")))"
    }
}
