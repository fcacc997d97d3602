import CRdkafka

/// Why a broker that answers and this client do not come together, read out of librdkafka's words: its error codes say only that they did not.
package struct ConnectionRefusal: Equatable {
    package var cause: String
    package var remedy: String

    /// Nil where the words tell of no refusal: nobody answers, or nothing is known.
    /// - Parameter problem: a line of librdkafka's log.
    init?(of problem: String, _ configuration: KafkaConfiguration) {
        self.init(of: problem, configuration, version: Int(rd_kafka_version()))
    }

    /// - Parameter version: librdkafka's, as its `RD_KAFKA_VERSION` counts.
    package init?(of problem: String, _ configuration: KafkaConfiguration, version: Int) {
        let text = problem.lowercased()
        func has(_ parts: String...) -> Bool { parts.contains { text.contains($0) } }
        if has("certificate has expired", "certificate expired") {
            cause = "a broker answers, and its certificate has expired"
            remedy = "renew the broker's certificate"
        } else if has("hostname mismatch", "host name mismatch", "ip address mismatch", "subject name does not match") {
            cause = "a broker answers, and its certificate is for another host name than the one connected to"
            remedy = "connect by a name that the certificate has, or let advertised.listeners name one"
        } else if has("certificate verify failed", "self-signed certificate", "self signed certificate", "unable to get local issuer") {
            cause = "a broker answers, and its certificate is of an authority that this client does not trust"
            remedy = "name the authority's certificate with ssl.ca.location"
        } else if has("wrong version number", "unknown protocol", "packet length too long") {
            cause = "a broker answers, and speaks no TLS there"
            remedy = "check the port and security.protocol"
        } else if has("sasl"), has("authentication") {
            let isScram =
                configuration.value(of: "sasl.mechanisms")?.hasPrefix("SCRAM") ?? configuration.value(of: "sasl.mechanism")?.hasPrefix(
                    "SCRAM") ?? false
            cause = "the brokers refuse \(configuration.principal)'s login"
            if isScram, version < 0x0206_0100 {
                remedy =
                    "librdkafka before 2.6.1 answers SCRAM wrongly, which newer brokers call invalid credentials: use PLAIN over TLS, or a newer librdkafka"
            } else {
                remedy = "check sasl.mechanisms, sasl.username and sasl.password"
            }
        } else {
            return nil
        }
    }
}
