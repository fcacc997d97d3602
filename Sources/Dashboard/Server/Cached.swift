/// A value that is made when somebody asks and the last one is older than an interval; however many ask meanwhile, it is made once.
actor Cached<Value: Sendable> {
    private let interval: Duration
    private let make: @Sendable () async throws -> Value
    private var latest: (value: Value, at: ContinuousClock.Instant)?
    private var underWay: Task<Value, any Error>?

    init(every interval: Duration, _ make: @escaping @Sendable () async throws -> Value) {
        self.interval = interval
        self.make = make
    }

    /// - Throws: what making the value throws; that is not remembered.
    func value() async throws -> Value {
        if let latest, .now - latest.at < interval { return latest.value }
        if let underWay { return try await underWay.value }
        let task = Task { [make] in try await make() }
        underWay = task
        defer { underWay = nil }
        let value = try await task.value
        latest = (value, .now)
        return value
    }
}

/// Values by key, each made like a ``Cached`` one. Not more than so many are kept; all are forgotten then.
actor CachedByKey<Key: Hashable & Sendable, Value: Sendable> {
    private let interval: Duration
    private let capacity: Int
    private let make: @Sendable (Key) async throws -> Value
    private var entries: [Key: Cached<Value>] = [:]

    init(every interval: Duration, capacity: Int, _ make: @escaping @Sendable (Key) async throws -> Value) {
        self.interval = interval
        self.capacity = capacity
        self.make = make
    }

    func value(of key: Key) async throws -> Value { try await entry(key).value() }

    private func entry(_ key: Key) -> Cached<Value> {
        if let entry = entries[key] { return entry }
        if entries.count >= capacity { entries = [:] }
        let entry = Cached(every: interval) { [make] in try await make(key) }
        entries[key] = entry
        return entry
    }
}
