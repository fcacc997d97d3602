package import Diagnostics

/// The codes of this module's failures.
extension Failure.Code {
    /// librdkafka refused a property or its value.
    package static let kafkaProperty = Self("kafka.property")
    /// No broker, or not the one needed, answered in time.
    package static let kafkaUnreachable = Self("kafka.unreachable")
    /// The cluster did not accept this program's credentials or certificates, or this program not the cluster's.
    package static let kafkaAuthentication = Self("kafka.authentication")
    /// This user may not do that.
    package static let kafkaAuthorization = Self("kafka.authorization")
    /// A message was not acknowledged.
    package static let kafkaDelivery = Self("kafka.delivery")
    /// A message is larger than client, topic or broker allow.
    package static let kafkaMessageTooLarge = Self("kafka.message_too_large")
    /// A topic is missing, or could not be created or described.
    package static let kafkaTopic = Self("kafka.topic")
    /// A consumer group's state could not be changed or read.
    package static let kafkaGroup = Self("kafka.group")
    /// The client was closed before.
    package static let kafkaClosed = Self("kafka.closed")
    /// The client cannot go on and has to be made anew.
    package static let kafkaFatal = Self("kafka.fatal")
}
