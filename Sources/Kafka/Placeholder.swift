/// Kafka
