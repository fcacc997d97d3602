import CRdkafka
import Diagnostics
import Logging
import Synchronization

extension KafkaConsumer {
    /// Takes or gives up the partitions that the group says.
    func rebalance(_ event: borrowing Event, on connection: ConsumerConnection) throws {
        let client = connection.client
        guard let list = rd_kafka_event_topic_partition_list(event.pointer) else { return }
        let partitions = PartitionList.entries(of: list).map(\.source)
        let isAssigned = event.error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS
        let isCooperative = connection.isCooperative
        var code = RD_KAFKA_RESP_ERR_NO_ERROR
        if isAssigned {
            connection.noteAssignment()
            partitions.forEach(connection.forwardToIntake)
        } else if rd_kafka_assignment_lost(client.pointer) != 0 {
            logger.notice("kafka group \(group): lost \(partitions.count.counted("partition")), and joins again")
        }
        if isCooperative {
            let error = isAssigned ? rd_kafka_incremental_assign(client.pointer, list) : rd_kafka_incremental_unassign(client.pointer, list)
            code = error.map { rd_kafka_error_code($0) } ?? RD_KAFKA_RESP_ERR_NO_ERROR
            rd_kafka_error_destroy(error)
        } else {
            code = rd_kafka_assign(client.pointer, isAssigned ? list : nil)
        }
        let count = state.withLock { state in
            if isAssigned {
                state.assignment = isCooperative ? state.assignment.union(partitions) : Set(partitions)
            } else {
                state.assignment = isCooperative ? state.assignment.subtracting(partitions) : []
                state.offsets.drop(partitions)
            }
            state.standing.noteService()
            state.vanishing.noteService()
            return state.assignment.count
        }
        logger.debug("kafka group \(group): \(isAssigned ? "took" : "gave up") \(partitions.count.counted("partition")), has \(count)")
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw client.fatalFailure("the Kafka consumer of group \(group) cannot go on")
                ?? client.failure("the partitions of group \(group) cannot be taken over", code, otherwise: .kafkaGroup)
        }
    }

    /// Passes over an error that librdkafka mends by itself, keeps one that the cluster's administrator has to mend, and throws one after which
    /// this consumer has to be made anew.
    func noteError(_ event: borrowing Event, on connection: ConsumerConnection) throws {
        let client = connection.client
        if let failure = client.fatalFailure("the Kafka consumer of group \(group) cannot go on") { throw failure }
        let code = event.error
        guard code != RD_KAFKA_RESP_ERR__PARTITION_EOF else { return }
        let failure = client.failure("Kafka consumer of group \(group)", code, otherwise: .kafkaGroup, reason: event.errorText)
        switch ErrorKind(code) {
        case .authentication, .authorization:
            let problem = refusal(failure, code, client.configuration)
            if state.withLock({ $0.standing.note(problem, at: .now) }) { logger.error("\(problem)") }
        case .topic where assignedPartitions > 0:
            // librdkafka goes on asking for partitions that are gone.
            guard state.withLock({ $0.vanishing.noteTrouble(at: .now) }) else { break }
            throw Failure(
                .kafkaFatal, "partitions that group \(group) gave this member are gone, and it joins again", recovery: .transient,
                nativeCode: name(of: code))
        default: client.log.tell(ErrorKind(code).concernsConnection ? .info : .warning, failure.message)
        }
    }

    /// A refusal with who is refused, what, and where.
    private func refusal(_ failure: Failure, _ code: rd_kafka_resp_err_t, _ configuration: KafkaConfiguration) -> String {
        switch code {
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
            "\(configuration.principal) may not read topic \(topics.joined(separator: ", ")): it needs the rights READ and DESCRIBE on it"
        case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
            "\(configuration.principal) may not join consumer group \(group): it needs the right READ on it"
        default: "\(failure)"
        }
    }
}

extension KafkaConsumer {
    /// Says that `message` is decided and need not be read again; the broker learns it within half a second.
    ///
    /// Messages of one partition may be decided in any order: the group's offset moves past a message once it and all before it are.
    /// One whose partition has gone to another member is passed over.
    package func commit(_ message: KafkaMessage) {
        let (connection, offset) = state.withLock { ($0.connection, $0.offsets.decide(message.source, message.offset)) }
        guard let connection, let offset else { return }
        let list = PartitionList([(message.source, offset)])
        let code = rd_kafka_offsets_store(connection.client.pointer, list.pointer)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR {
            logger.debug("kafka group \(group): offset \(offset) of \(message.source) not kept: \(explanation(of: code))")
        }
    }
}
