internal import ArgumentParser

/// Where data sets are on this machine.
struct DataSetRootOptions: ParsableArguments {
    @Option(
        name: .customLong("dataset-root"),
        help: "Where a data set's images are on this machine, NAME=ROOT, a folder, archives or an address. May be repeated.")
    var dataSetRoots: [String] = []

    func validate() throws {
        for root in dataSetRoots where Self.parts(root) == nil {
            throw ValidationError("--dataset-root takes NAME=ROOT, not \(root)")
        }
    }

    /// Folders by the data sets' names; the last one given counts.
    var folders: [String: String] {
        Dictionary(dataSetRoots.compactMap(Self.parts)) { _, last in last }
    }

    private static func parts(_ root: String) -> (name: String, folder: String)? {
        let parts = root.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty ? (parts[0], parts[1]) : nil
    }
}
