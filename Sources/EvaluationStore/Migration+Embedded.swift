extension Migration {
    /// The migrations of `migrations/`, in order, carried inside the program: on another machine there is no checkout.
    package static let embedded: [Migration] = [
        Migration(version: 1, name: "initial", source: PackageResources.V0001__initial_sql)
    ]

    private init(version: Int, name: String, source: [UInt8]) {
        self.init(version: version, name: name, sql: String(decoding: source, as: UTF8.self))
    }
}
