/// Where a data set's images get their labels from. Paths are of text files outside or inside the image folder.
package enum LabelSource: Hashable, Sendable, Codable {
    /// One folder per class, as torchvision's `ImageFolder`: sorted folder names are the class indices.
    case classFolders

    /// One folder per class, numbered in another order than that of their names.
    case orderedFolders(ClassOrder)

    /// A table of file names and class indices or class names, between commas, semicolons, tabs or blanks, with or without a header and further
    /// columns. `classNames` is a text file of one class name a line, in the order of the indices. Without it, class names are numbered in
    /// their sorted order, and indices have no names.
    /// `synsets` is a file as of ``ClassOrder/synsets(_:)`` instead of them, and `classMap` says which of a network's classes each label is.
    case list(path: String, classNames: String?, classMap: String? = nil, synsets: String? = nil)

    /// `LOC_val_solution.csv` and `LOC_synset_mapping.txt`: sorted synsets are the class indices.
    case localization(solution: String, synsets: String)

    /// `ILSVRC2012_validation_ground_truth.txt`, one number per validation image, and a text table whose lines begin with such a number and
    /// its synset (from the development kit's `meta.mat`). The numbers are not class indices: those are the places of the sorted synsets.
    case groundTruth(numbers: String, synsets: String?)

    /// Whether folders are the classes.
    package var isOfFolders: Bool {
        switch self {
        case .classFolders, .orderedFolders: true
        case .list, .localization, .groundTruth: false
        }
    }
}

/// How class folders are numbered.
package enum ClassOrder: Hashable, Sendable, Codable {
    /// By the numbers that they are.
    case numeric
    /// By a text file of one class a line, which may have more classes than there are folders.
    case file(String)
    /// By the sorted synsets of `LOC_synset_mapping.txt`, or of a table of the development kit's numbers, of which folders may be a subset.
    case synsets(String)
    /// By a file that says which of a network's classes each folder is.
    case map(String)
}

/// One class of a data set; its index is its place in the list of classes.
package struct ImageClass: Hashable, Sendable {
    /// The folder's name, the synset, or the name given.
    package var name: String
    /// What people call it, where the source tells.
    package var title: String?

    package init(name: String, title: String? = nil) {
        self.name = name
        self.title = title
    }
}
