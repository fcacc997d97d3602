import CRdkafka
import Diagnostics

/// The classes of librdkafka errors that callers act on.
enum ErrorKind {
    /// No broker, or not the one needed, answers now; librdkafka keeps trying.
    case unreachable
    case authentication
    case authorization
    case topic
    case messageTooLarge
    /// The consumer group is being reshaped, or this member was evicted from it; librdkafka joins again.
    case group
    case fatal
    case other

    init(_ code: rd_kafka_resp_err_t) {
        self =
            switch code {
            case RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__RESOLVE,
                RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
                RD_KAFKA_RESP_ERR__WAIT_COORD, RD_KAFKA_RESP_ERR__WAIT_CACHE, RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE,
                RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
                RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
                RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION,
                RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
                RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND:
                .unreachable
            case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR__SSL, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
                RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE:
                .authentication
            case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
                RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
                .authorization
            case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
                RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
                .topic
            case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
                .messageTooLarge
            case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED, RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS,
                RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST:
                .group
            case RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_RESP_ERR__FENCED:
                .fatal
            default: .other
            }
    }

    /// The failure code of this class; nil where it depends on what was being done.
    var code: Failure.Code? {
        switch self {
        case .unreachable: .kafkaUnreachable
        case .authentication: .kafkaAuthentication
        case .authorization: .kafkaAuthorization
        case .topic: .kafkaTopic
        case .messageTooLarge: .kafkaMessageTooLarge
        case .group: .kafkaGroup
        case .fatal: .kafkaFatal
        case .other: nil
        }
    }

    /// Whether the client's last problem with its connections tells more than the error itself.
    var concernsConnection: Bool {
        switch self {
        case .unreachable, .authentication: true
        default: false
        }
    }

    var remedy: String? {
        switch self {
        case .unreachable: "check the address, the network and the broker, and the properties where the cluster wants TLS or a login"
        case .authentication: "check security.protocol and the credentials or certificates given as Kafka properties"
        case .authorization: "let the cluster's administrator grant this user access"
        case .topic: "create the topic, or let the coordinator create it"
        case .messageTooLarge: "raise message.max.bytes on broker, topic and client, or send less in one message"
        case .group, .fatal, .other: nil
        }
    }

    var recovery: Failure.Recovery {
        switch self {
        case .unreachable, .group, .fatal: .transient
        case .authentication, .authorization, .topic, .messageTooLarge, .other: .permanent
        }
    }
}
