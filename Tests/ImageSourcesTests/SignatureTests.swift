import Diagnostics
import Foundation
import ImageSources
import Testing

@Suite("Signatures and credentials")
struct SignatureTests {
    private let key = "AKIAIOSFODNN7EXAMPLE"
    private let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    private let host = (name: "host", value: "examplebucket.s3.amazonaws.com")

    private func date(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

    /// The signature at the end of the header.
    private func signature(_ headers: [(name: String, value: String)]) throws -> String {
        let authorization = try #require(headers.first { $0.name == "Authorization" }?.value)
        return try #require(authorization.split(separator: "Signature=").last.map(String.init))
    }

    @Test("Requests have the signatures of Amazon's own examples")
    func published() throws {
        // docs.aws.amazon.com, "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk", its examples.
        let signer = RequestSignature(credentials: AWSCredentials(accessKey: key, secretKey: secret), region: "us-east-1")
        let day = try date("2013-05-24T00:00:00Z")
        let object = signer.headers(path: "/test.txt", query: [], headers: [host, (name: "range", value: "bytes=0-9")], date: day)
        #expect(try signature(object) == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
        #expect(
            object.first { $0.name == "Authorization" }?.value.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                    + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, ") == true)
        let lifecycle = signer.headers(path: "/", query: [(name: "lifecycle", value: "")], headers: [host], date: day)
        #expect(try signature(lifecycle) == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
        let list = signer.headers(
            path: "/", query: [(name: "prefix", value: "J"), (name: "max-keys", value: "2")], headers: [host], date: day)
        #expect(try signature(list) == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }

    @Test("Session tokens, odd keys and other stores are signed as botocore 1.44 signs them")
    func botocore() throws {
        let signer = RequestSignature(
            credentials: AWSCredentials(accessKey: key, secretKey: secret, sessionToken: "token/with+signs=="), region: "eu-central-1")
        let headers = signer.headers(
            path: "/images/a%20b/%C3%BC%2B%26.jpg", query: [(name: "prefix", value: "x y/+"), (name: "list-type", value: "2")],
            headers: [(name: "host", value: "minio.example:9000"), (name: "range", value: "bytes=5-9")],
            date: try date("2026-02-28T23:59:59Z"))
        #expect(try signature(headers) == "ba107cba7b7d96a9ba32fd2e13fe6adf27e62d28d9dce29a120d40a46b2bc0d8")
        #expect(headers.contains { $0.name == "x-amz-security-token" && $0.value == "token/with+signs==" })
    }

    @Test("Credentials come from the environment, then from the files, by profile; and show nothing of themselves")
    func settings() throws {
        let fixture = try SourceFixture()
        try fixture.write(
            "credentials",
            text:
                "# mine\n[default]\naws_access_key_id = A\naws_secret_access_key = B\n\n[other]\naws_access_key_id=C\naws_secret_access_key=D\naws_session_token=E\n"
        )
        try fixture.write(
            "config", text: "[default]\nregion = eu-west-1\n[profile other]\nregion=ap-south-1\nendpoint_url = http://127.0.0.1:9000/\n")
        let files = [
            "AWS_SHARED_CREDENTIALS_FILE": "\(fixture.path)/credentials", "AWS_CONFIG_FILE": "\(fixture.path)/config", "HOME": "/nowhere",
        ]
        let standard = try AWSSettings(environment: files)
        #expect(standard.credentials == AWSCredentials(accessKey: "A", secretKey: "B") && standard.region == "eu-west-1")
        let other = try AWSSettings(environment: files.merging(["AWS_PROFILE": "other"]) { $1 })
        #expect(other.credentials == AWSCredentials(accessKey: "C", secretKey: "D", sessionToken: "E"))
        #expect(other.region == "ap-south-1" && other.endpoint == "http://127.0.0.1:9000")
        let variables = try AWSSettings(
            environment: files.merging(["AWS_ACCESS_KEY_ID": "F", "AWS_SECRET_ACCESS_KEY": "G", "AWS_REGION": "us-west-2"]) { $1 })
        #expect(variables.credentials == AWSCredentials(accessKey: "F", secretKey: "G") && variables.region == "us-west-2")
        #expect(try AWSSettings(environment: ["HOME": "/nowhere"]).credentials == nil)
        #expect(throws: Failure.self) { try AWSSettings(environment: files.merging(["AWS_PROFILE": "third"]) { $1 }) }
        let broken = try #require(throws: Failure.self) {
            try AWSSettings(environment: ["HOME": "/nowhere", "AWS_ACCESS_KEY_ID": "SECRETKEY\n", "AWS_SECRET_ACCESS_KEY": "x"])
        }
        #expect(!broken.description.contains("SECRETKEY"))
        let credentials = AWSCredentials(accessKey: "AKIA", secretKey: "hidden", sessionToken: "hidden")
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), dumped] {
            #expect(!text.contains("hidden") && !text.contains("AKIA"))
        }
    }
}
