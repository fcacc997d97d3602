package import Diagnostics

/// Every code of a failure that this module throws.
extension Failure.Code {
    /// The file does not exist, or cannot be opened or read.
    package static let imageUnreadable = Self("image.unreadable")
    /// The path names a folder, a pipe or a device.
    package static let imageNotRegularFile = Self("image.notRegularFile")
    /// The file has more bytes than the limit.
    package static let imageFileTooLarge = Self("image.fileTooLarge")
    /// The image declares more pixels than the limit.
    package static let imagePixelLimit = Self("image.pixelLimit")
    /// The content is of no format that is decoded, or of a kind of one that is not.
    package static let imageFormat = Self("image.format")
    /// The file ends before its image does.
    package static let imageTruncated = Self("image.truncated")
    /// The decoder found bytes that its format does not allow.
    package static let imageCorrupt = Self("image.corrupt")
    /// The system has no memory for the image's pixels.
    package static let imageMemory = Self("image.memory")
    /// The file is not the one the manifest describes.
    package static let imageChanged = Self("image.changed")
    /// The image is so narrow that it cannot be resized.
    package static let imageShape = Self("image.shape")
    /// A picture could not be written as PNG.
    package static let imageEncoding = Self("image.encoding")

    /// The input size asked for cannot be used.
    package static let imageSizeUnusable = Self("preprocess.imageSize")
    /// The recipe asked for cannot be made.
    package static let recipeUnusable = Self("preprocess.recipe")
    /// The pixel limit asked for cannot be used.
    package static let pixelLimitUnusable = Self("preprocess.pixelLimit")

    /// A folder of the data set cannot be listed, or is no folder.
    package static let dataSetFolder = Self("dataset.folder")
    /// The folder has no images, or one of its class folders has none.
    package static let dataSetEmpty = Self("dataset.empty")
    /// Symbolic links lead back into a folder they are in.
    package static let dataSetLinkLoop = Self("dataset.linkLoop")
    /// Files cannot be read.
    package static let dataSetFiles = Self("dataset.files")
    /// A label list cannot be read or understood.
    package static let labelList = Self("dataset.labelList")
    /// The label list and the files do not fit each other.
    package static let labelMismatch = Self("dataset.labels")
    /// ILSVRC numbers came without the table that says what they mean.
    package static let labelNumbersUnexplained = Self("dataset.groundTruthNumbers")
}
