/// Settings of an embedded server: one machine, a few dozen connections, quick to start.
enum ServerSettings {
    static let common: [String: String] = [
        "listen_addresses": "", "unix_socket_permissions": "0700", "max_connections": "100", "shared_buffers": "128MB",
        "huge_pages": "off", "wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "1GB", "checkpoint_timeout": "15min",
        // A server that shuts down waits even for connections that it refuses, as long as their clients say nothing.
        "authentication_timeout": "10s",
        // Compiling takes longer than the short statements here run.
        "jit": "off",
        "logging_collector": "off", "log_destination": "stderr", "log_min_messages": "warning",
        // A failed statement may hold values, which do not belong into a log.
        "log_min_error_statement": "panic", "log_parameter_max_length_on_error": "0",
        "timezone": "UTC", "log_timezone": "UTC",
    ]

    static func of(_ durability: EmbeddedCluster.Durability) -> [String: String] {
        switch durability {
        case .kept: ["fsync": "on", "synchronous_commit": "on"]
        case .throwaway:
            ["fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "32MB", "autovacuum": "off"]
        }
    }
}
