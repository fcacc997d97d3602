import CRdkafka
import Diagnostics

/// A librdkafka configuration object under construction (`rd_kafka_conf_t`).
struct ClientSettings: ~Copyable {
    /// Nil once a client owns it.
    private var pointer: OpaquePointer?
    let configuration: KafkaConfiguration

    /// - Parameter defaults: what the kind of client sets by itself; the configuration's own properties override it.
    /// - Throws: `kafka.property`, naming the property and librdkafka's reason.
    init(_ configuration: KafkaConfiguration, defaults: [(name: String, value: String)]) throws {
        pointer = rd_kafka_conf_new()
        self.configuration = configuration
        guard !configuration.bootstrapServers.isEmpty else {
            throw Failure(.kafkaProperty, "no Kafka bootstrap servers are given", remedy: "name them as host:port,host:port")
        }
        try set("bootstrap.servers", configuration.bootstrapServers)
        try set("client.id", configuration.clientID)
        for property in defaults {
            try set(property.name, property.value)
        }
        for property in configuration.properties {
            guard !KafkaConfiguration.reservedProperties.contains(property.name) else {
                throw Failure(
                    .kafkaProperty, "Kafka property \(property.name) is set by this program itself",
                    remedy: "leave it out of the Kafka properties")
            }
            try set(property.name, property.value)
        }
    }

    deinit {
        if let pointer { rd_kafka_conf_destroy(pointer) }
    }

    private func set(_ name: String, _ value: String) throws {
        let hasNull = name.utf8.contains(0) || value.utf8.contains(0)
        var reason = [CChar](repeating: 0, count: 512)
        guard hasNull || rd_kafka_conf_set(pointer, name, value, &reason, reason.count) != RD_KAFKA_CONF_OK else { return }
        let cause = hasNull ? "it contains a null character" : String(nullTerminated: reason).without(value)
        throw Failure(
            .kafkaProperty, "librdkafka refused property \(name): \(cause)",
            remedy: "see CONFIGURATION.md of librdkafka \(String(cString: rd_kafka_version_str())) for names and values")
    }

    /// Makes the client, which owns the settings from then on.
    ///
    /// - Parameter events: the `RD_KAFKA_EVENT_…` kinds that are delivered to the client's queues.
    /// - Throws: `kafka.property` where librdkafka refuses the settings as a whole (a file of certificates that is missing, …).
    mutating func makeClient(_ kind: rd_kafka_type_t, events: Int32, log: ClientLog) throws -> OpaquePointer {
        guard let pointer else { preconditionFailure("a second client made from the same settings") }
        rd_kafka_conf_set_events(pointer, events)
        log.attach(to: pointer)
        var reason = [CChar](repeating: 0, count: 512)
        guard let client = rd_kafka_new(kind, pointer, &reason, reason.count) else {
            throw Failure(
                .kafkaProperty,
                "librdkafka refused its configuration: \(configuration.withoutSecrets(String(nullTerminated: reason)))",
                remedy: "check the values given as Kafka properties")
        }
        self.pointer = nil
        return client
    }
}

extension String {
    /// The text up to the first null of a C buffer, with ill-formed UTF-8 repaired.
    init(nullTerminated buffer: [CChar]) {
        self.init(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
