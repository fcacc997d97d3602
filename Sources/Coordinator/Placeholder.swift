/// Coordinator
