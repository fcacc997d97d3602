internal import Diagnostics
internal import Foundation

/// Who asks, as AWS's own programs find it out: the environment, then the files of credentials and settings. Never shown, stored or logged.
package struct AWSCredentials: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    package var accessKey: String
    package var secretKey: String
    /// Of temporary credentials.
    package var sessionToken: String?

    package init(accessKey: String, secretKey: String, sessionToken: String? = nil) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }

    /// Neither a log nor a debugger's line shows them by accident.
    package var description: String { "credentials" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Credentials, region and endpoint from an environment and the files it names.
package struct AWSSettings: Sendable {
    /// Nil where there are none: then requests are not signed, as for public buckets.
    package var credentials: AWSCredentials?
    package var region: String?
    package var endpoint: String?

    /// - Throws: `source.credentials`, `source.address`.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let folder = (variable("HOME") ?? NSHomeDirectory()) + "/.aws/"
        let profile = variable("AWS_PROFILE") ?? variable("AWS_DEFAULT_PROFILE") ?? "default"
        let secrets = try Self.section([profile], ofFile: variable("AWS_SHARED_CREDENTIALS_FILE") ?? folder + "credentials")
        let settings = try Self.section(
            ["profile \(profile)", profile == "default" ? "default" : "profile \(profile)"],
            ofFile: variable("AWS_CONFIG_FILE") ?? folder + "config")
        if variable("AWS_PROFILE") != nil, secrets == nil, settings == nil {
            throw Failure(
                .sourceCredentials, "AWS_PROFILE names a profile that neither AWS file has", remedy: "see `aws configure list-profiles`",
                recovery: .transient)
        }
        if let key = variable("AWS_ACCESS_KEY_ID"), let secret = variable("AWS_SECRET_ACCESS_KEY") {
            credentials = AWSCredentials(accessKey: key, secretKey: secret, sessionToken: variable("AWS_SESSION_TOKEN"))
        } else {
            credentials = [secrets, settings].lazy.compactMap { Self.credentials($0) }.first
        }
        if let credentials,
            [credentials.accessKey, credentials.secretKey, credentials.sessionToken ?? ""].contains(where: Self.isUnsendable)
        {
            throw Failure(
                .sourceCredentials, "the AWS credentials have characters that no header may have",
                remedy: "look for line breaks or quotes in the variables or the file", recovery: .transient)
        }
        region = variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION") ?? settings?["region"]
        let given = variable("AWS_ENDPOINT_URL_S3") ?? variable("AWS_ENDPOINT_URL") ?? settings?["endpoint_url"]
        endpoint = try given.map { try SourceAddress.endpoint($0) }
    }

    private static func credentials(_ section: [String: String]?) -> AWSCredentials? {
        guard let key = section?["aws_access_key_id"], let secret = section?["aws_secret_access_key"] else { return nil }
        return AWSCredentials(accessKey: key, secretKey: secret, sessionToken: section?["aws_session_token"])
    }

    private static func isUnsendable(_ text: String) -> Bool { text.utf8.contains { $0 < 0x21 || $0 > 0x7E } }

    /// The lines `name = value` below the first of the headings that the file has; nil where there is no such file or heading.
    private static func section(_ headings: [String], ofFile path: String) throws -> [String: String]? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: 1 << 20) else {
            throw Failure(
                .sourceCredentials, "the AWS file \(path) cannot be read", remedy: "check its owner and permissions", recovery: .transient)
        }
        try? handle.close()
        var found: [String: String]?
        var isInside = false
        for line in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let text = line.trimmingCharacters(in: .whitespaces)
            if text.hasPrefix("#") || text.hasPrefix(";") { continue }
            if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
                isInside = headings.contains(text[text.index(after: text.startIndex)..<end].trimmingCharacters(in: .whitespaces))
                if isInside, found == nil { found = [:] }
            } else if isInside, line.first?.isWhitespace == false, let equals = text.firstIndex(of: "=") {
                let name = text[..<equals].trimmingCharacters(in: .whitespaces).lowercased()
                found?[name] = text[text.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            }
        }
        return found
    }
}
