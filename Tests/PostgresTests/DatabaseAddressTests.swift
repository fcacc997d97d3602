import Diagnostics
import Postgres
import Testing

@Suite struct DatabaseAddressTests {
    @Test func `a URI and a key=value string give the same address`() throws {
        let uri = try DatabaseAddress(parsing: "postgresql://eval:s3cr%40t@db.example:5433/results?sslmode=require")
        let pairs = try DatabaseAddress(parsing: "host=db.example port=5433 user=eval password='s3cr@t' dbname=results sslmode=require")
        #expect(uri == pairs)
        #expect(uri.database == "results" && uri.user == "eval" && uri.host == "db.example")
    }

    @Test func `no way of printing an address shows its passwords`() throws {
        let address = try DatabaseAddress(parsing: "postgresql://eval:hunter22@db/results?sslpassword=keypass9&application_name=x")
        var dumped = ""
        dump(address, to: &dumped)
        for text in ["\(address)", String(reflecting: address), dumped, "\([address])", "\(Optional(address) as Any)"] {
            #expect(!text.contains("hunter22") && !text.contains("keypass9"))
        }
        #expect("\(address)" == "postgresql://eval@db/results")
    }

    @Test(
        arguments: [
            "postgresql://eval:p@ss@word:9/@db:5432/results?host=x", "host=/run/postgresql dbname='we ird' user=\"é",
            "postgresql:///results?host=/tmp/a b,c&port=5433", "postgresql://[::1]:5433/x", "", "service=somewhere",
        ].dropFirst())
    func `the exposed URI parses to the same address`(text: String) throws {
        let address = try DatabaseAddress(parsing: text).with("password", "p@s/s?w#o%r d&é")
        #expect(try DatabaseAddress(parsing: address.exposedURI) == address)
    }

    @Test(arguments: [
        "postgresql://eval:hunter@22@db/x", "postgresql://eval:hunter/22@db/x", "postgresql://eval:22/hunter@db/x",
        "postgresql://eval:hunter%2@db/x", "postgresql://db:hunter22/x", "host=db password=two hunter22", "password='hunter22",
        "postgresql://eval:hunter%0022@db", "postgresql://db/x?hunter22", "postgresql://db/x?hunter22=1", "host=a@hunter22",
        "port=hunter22", "connect_timeout=hunter22", "host=db\0hunter22", "hunter22", "postgres://eval:a@hunter22:5432@db",
        "dbname=postgresql://eval:hunter22@db/x", "postgresql:///postgres%3A%2F%2Feval:hunter22%40db%2Fx",
        "dbname='host=db password=hunter22'",
    ])
    func `an unusable address is refused without repeating it`(text: String) throws {
        let failure = try #require(throws: Failure.self) { try DatabaseAddress(parsing: text) }
        #expect(failure.code == .databaseInvalidAddress)
        #expect(!"\(failure)".contains("hunter") && !"\(failure)".contains("22"))
    }
}
