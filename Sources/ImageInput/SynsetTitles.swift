/// What people call ImageNet's synsets.
package enum SynsetTitles {
    /// Titles by synset, from `LOC_synset_mapping.txt` ("n01440764 tench, Tinca tinca") or a table of the development kit's numbers
    /// ("449 n01440764 tench"), whichever the file is. Synsets without a title are left out.
    /// - Throws: `dataset.labelList`.
    package static func read(path: String) throws -> [String: String] {
        let classes = try SynsetTable.sortedClasses(path: path)
        return Dictionary(classes.compactMap { one in one.title.map { (one.name, $0) } }) { first, _ in first }
    }
}
