import Diagnostics

/// How to reach a Kafka cluster.
///
/// Every client of this module is made from one of these. Properties are librdkafka's own, passed through as they are
/// (`security.protocol`, `sasl.mechanisms`, `ssl.ca.location`, …).
package struct KafkaConfiguration: Sendable {
    /// `host:port`, several separated by commas.
    package var bootstrapServers: String
    /// How the brokers' logs and quotas name this program.
    package var clientID: String
    /// Any further librdkafka properties, in order; the last of a name counts. They override this project's own choices.
    package var properties: [(name: String, value: String)]

    package init(bootstrapServers: String, clientID: String = "evalctl", properties: [(name: String, value: String)] = []) {
        self.bootstrapServers = bootstrapServers
        self.clientID = clientID
        self.properties = properties
    }

    /// Reads `name=value`, as `--kafka-property` takes it.
    /// - Throws: `kafka.property`; the text is not quoted, it may hold a secret.
    package static func property(parsing text: String) throws -> (name: String, value: String) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw Failure(
                .kafkaProperty, "a Kafka property has no name", remedy: "write it as NAME=VALUE, such as security.protocol=SASL_SSL")
        }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }

    /// Checks the address and every property with librdkafka, without connecting anywhere.
    /// - Throws: `kafka.property`, naming the property and librdkafka's reason.
    package func validate() throws {
        _ = try ClientSettings(self, defaults: [])
    }
}

extension KafkaConfiguration {
    /// Properties whose value this module relies on, or takes from elsewhere.
    static let reservedProperties: Set<String> = [
        "bootstrap.servers", "metadata.broker.list", "client.id", "group.id", "enable.auto.commit", "auto.commit.enable",
        "enable.auto.offset.store", "enable.idempotence", "acks", "request.required.acks", "log.queue",
    ]

    /// The value of a property, the last one of its name.
    func value(of name: String) -> String? { properties.last { $0.name == name }?.value }

    /// Who this client is to the cluster, where it says so.
    var principal: String { value(of: "sasl.username").map { "user \($0)" } ?? "this client" }

    /// Whether the value of this property must never be shown. Names may be misspelt, so that more counts than librdkafka has secrets.
    private static func isSecret(_ name: String) -> Bool {
        !name.hasSuffix(".location")
            && ["pass", "pw", "secret", "token", "key", "oauth", "jaas"].contains { name.lowercased().contains($0) }
    }

    /// The property as `NAME=VALUE`, with `***` where its value must never be shown.
    package static func masked(_ property: (name: String, value: String)) -> String {
        "\(property.name)=\(isSecret(property.name) ? "***" : property.value)"
    }

    /// `text` without the secret values of this configuration: librdkafka quotes values in some of its messages.
    func withoutSecrets(_ text: String) -> String {
        properties.lazy.filter { Self.isSecret($0.name) }.reduce(text) { $0.without($1.value) }
    }
}

extension String {
    /// This text with every occurrence of `secret` made unreadable.
    func without(_ secret: String) -> String {
        guard !secret.isEmpty else { return self }
        return split(separator: secret, omittingEmptySubsequences: false).joined(separator: "[redacted]")
    }
}

extension KafkaConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Names, never values: those may be secrets.
    package var description: String {
        let names = properties.map(\.name)
        return names.isEmpty ? bootstrapServers : "\(bootstrapServers) (\(names.joined(separator: ", ")))"
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
