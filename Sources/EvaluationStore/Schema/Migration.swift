import Crypto

/// One step of the schema, as `migrations/V0001__name.sql` holds it.
package struct Migration: Sendable, Hashable {
    /// The number after the V, counted from 1.
    package let version: Int
    /// What stands between the two underscores and `.sql`.
    package let name: String
    /// The file's text: any number of statements, run in one transaction.
    package let sql: String
    /// SHA-256 of the text, in hexadecimal.
    package let checksum: String

    package init(version: Int, name: String, sql: String) {
        self.version = version
        self.name = name
        self.sql = sql
        checksum = SHA256.hash(data: Array(sql.utf8)).map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }

    /// The name of its file.
    package var fileName: String {
        let digits = String(version)
        return "V" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "__\(name).sql"
    }
}
