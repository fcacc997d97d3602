import Postgres
import Testing

@Suite struct TransportSecurityTests {
    private func assumed(_ address: String, _ environment: [String: String] = [:], files: Set<String> = []) throws -> [String: String] {
        TransportSecurity.assumed(for: try DatabaseAddress(parsing: address), environment: environment) { files.contains($0) }
    }

    @Test(arguments: [
        "postgresql://db.example/x", "postgresql://198.18.0.1/x", "host=/run/postgresql,db.example", "hostaddr=198.18.0.1",
        "postgresql://localhost.example/x",
    ])
    func `another host has to show a certificate`(address: String) throws {
        #expect(try assumed(address) == ["sslmode": "verify-full"])
    }

    @Test(arguments: [
        "", "postgresql:///x", "host=/run/postgresql", "postgresql://127.0.0.1/x", "postgresql://[::1]/x", "postgresql://LOCALHOST/x",
    ])
    func `this machine has not`(address: String) throws {
        #expect(try assumed(address).isEmpty)
    }

    @Test func `what is said counts, in the address, the environment or a service file`() throws {
        #expect(try assumed("postgresql://db.example/x?sslmode=disable").isEmpty)
        #expect(try assumed("postgresql://db.example/x", ["PGSSLMODE": "prefer"]).isEmpty)
        #expect(try assumed("host=db.example service=mine").isEmpty)
        #expect(try assumed("postgresql:///x", ["PGHOST": "db.example"])["sslmode"] == "verify-full")
    }

    @Test func `the system's authorities are trusted where no others are named`() throws {
        let bundle = "/etc/ssl/certs/ca-certificates.crt"
        #expect(try assumed("postgresql://db.example/x", files: [bundle])["sslrootcert"] == bundle)
        #expect(try assumed("postgresql://db.example/x?sslrootcert=/mine", files: [bundle])["sslrootcert"] == nil)
        #expect(try assumed("postgresql://db.example/x", ["HOME": "/h"], files: [bundle, "/h/.postgresql/root.crt"])["sslrootcert"] == nil)
    }

    @Test func `a masked address shows that there is a password, and not which`() throws {
        #expect(
            try DatabaseAddress(parsing: "postgresql://u:r@server/r?sslpassword=r").maskedURI
                == "postgresql://u:***@server/r?sslpassword=***")
    }
}
