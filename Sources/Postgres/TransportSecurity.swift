internal import Foundation

/// How connections are encrypted where nothing is said: another host than this one has to show a certificate for its name, of an authority that this
/// machine trusts.
package enum TransportSecurity {
    /// Bundles of authorities, as systems have them.
    private static let bundles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"]

    /// Parameters to connect with besides those of the address: none where the address, the environment or a service file may say it, or all hosts
    /// are this one.
    package static func assumed(
        for address: DatabaseAddress, environment: [String: String] = ProcessInfo.processInfo.environment,
        exists: (String) -> Bool = { FileManager.default.fileExists(atPath: $0) }
    ) -> [String: String] {
        func said(_ keyword: String, _ variable: String) -> String? { address.parameters[keyword] ?? environment[variable] }
        guard said("sslmode", "PGSSLMODE") == nil, said("service", "PGSERVICE") == nil, said("requiressl", "PGREQUIRESSL") == nil else {
            return [:]
        }
        let hosts = said("host", "PGHOST") ?? said("hostaddr", "PGHOSTADDR") ?? ""
        guard !hosts.split(separator: ",").allSatisfy(isThisMachine) else { return [:] }
        var assumed = ["sslmode": "verify-full"]
        let own = (environment["HOME"] ?? "") + "/.postgresql/root.crt"
        if said("sslrootcert", "PGSSLROOTCERT") == nil, !exists(own), let bundle = bundles.first(where: exists) {
            assumed["sslrootcert"] = bundle
        }
        return assumed
    }

    private static func isThisMachine(_ host: Substring) -> Bool {
        host.hasPrefix("/") || host.hasPrefix("@") || host.hasPrefix("127.") || ["localhost", "::1"].contains(host.lowercased())
    }

    /// What to do where no connection came about that was to be secured.
    static let remedy = """
        see whether the server runs there and the address is right; another host has to show a certificate for its name: name its authority with \
        sslrootcert=FILE, or where the network is trusted say sslmode=require or sslmode=disable in the address
        """
}
