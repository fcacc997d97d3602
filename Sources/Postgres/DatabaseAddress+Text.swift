extension DatabaseAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address as a URI for `psql`, without any secret.
    package var description: String {
        let shown: Set<String> = ["host", "hostaddr", "port", "user", "dbname", "service", "sslmode", "target_session_attrs"]
        return Self.uri(parameters.filter { shown.contains($0.key) })
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: ["uri": description]) }

    /// The address as a URI **with its password**, for handing to a child process by its environment; never for a log or an argument list.
    package var exposedURI: String { Self.uri(parameters) }

    /// The address as a URI, with `***` for each secret that it holds.
    package var maskedURI: String {
        Self.uri(parameters.merging(Self.secretKeywords.filter { parameters[$0] != nil }.map { ($0, "***") }) { $1 })
    }

    private static func uri(_ parameters: [String: String]) -> String {
        var rest = parameters
        var text = "postgresql://"
        // Socket directories, lists of hosts and IPv6 addresses go into the query, which has room for any text.
        let plainHost = (rest["host"] ?? "").allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") }
        if plainHost, let host = rest["host"], !host.isEmpty, (rest["port"] ?? "").allSatisfy(\.isNumber) {
            if let user = rest.removeValue(forKey: "user") {
                text += percentEncoded(user)
                if let password = rest.removeValue(forKey: "password") { text += ":" + percentEncoded(password) }
                text += "@"
            }
            text += host
            rest["host"] = nil
            if let port = rest.removeValue(forKey: "port"), !port.isEmpty { text += ":" + port }
        }
        if let name = rest.removeValue(forKey: "dbname") { text += "/" + percentEncoded(name) }
        let query = rest.sorted { $0.key < $1.key }.map { "\($0.key)=\(percentEncoded($0.value))" }
        if !query.isEmpty { text += (text.hasSuffix("//") ? "/?" : "?") + query.joined(separator: "&") }
        return text
    }

    private static func percentEncoded(_ text: String) -> String {
        let hexDigits = Array("0123456789ABCDEF")
        var encoded = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            if scalar.isASCII, scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "-._~/*".unicodeScalars.contains(scalar) {
                encoded.unicodeScalars.append(scalar)
            } else {
                encoded += "%\(hexDigits[Int(byte >> 4)])\(hexDigits[Int(byte & 15)])"
            }
        }
        return encoded
    }
}
