internal import CRdkafka

extension MockBroker {
    /// A kind of request that the mock broker can be told to fail; the raw value is its API key in the Kafka protocol.
    package enum Request: Int16, Sendable {
        case produce = 0
        case fetch = 1
        case metadata = 3
        case offsetCommit = 8
        case findCoordinator = 10
        case joinGroup = 11
        case heartbeat = 12
    }

    /// An answer that stands for a failure; the raw value is its error code in the Kafka protocol.
    package enum Fault: Int32, Sendable {
        /// The connection is cut instead of an answer.
        case disconnect = -195
        case notLeader = 6
        case requestTimedOut = 7
        case messageTooLarge = 10
        case coordinatorNotAvailable = 15
        case notEnoughReplicas = 19
        case unknownMember = 25
        case rebalanceInProgress = 27
        case groupAuthorizationFailed = 30
        case outOfOrderSequence = 45
    }

    /// Lets the next requests of a kind fail, one for each fault, in order.
    package func failNext(_ request: Request, with faults: [Fault]) {
        let codes = faults.map { rd_kafka_resp_err_t($0.rawValue) }
        rd_kafka_mock_push_request_errors_array(cluster, request.rawValue, codes.count, codes)
    }

    /// Cuts a broker's connections and refuses new ones, or lets it answer again. Brokers count from 1.
    package func setBroker(_ broker: Int, isDown: Bool) {
        if isDown {
            rd_kafka_mock_broker_set_down(cluster, Int32(clamping: broker))
        } else {
            rd_kafka_mock_broker_set_up(cluster, Int32(clamping: broker))
        }
    }

    /// Delays every answer of a broker.
    package func setRoundTrip(broker: Int, milliseconds: Int) {
        rd_kafka_mock_broker_set_rtt(cluster, Int32(clamping: broker), Int32(clamping: milliseconds))
    }
}
