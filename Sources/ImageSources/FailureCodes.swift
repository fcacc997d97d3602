package import Diagnostics

/// Every code of a failure that this module makes. An image that is not there, or not as the manifest says, has ImageInput's codes.
extension Failure.Code {
    /// A root or a pattern of archives cannot be understood, or may not be used as it is.
    package static let sourceAddress = Self("source.address")
    /// A data set's root is not on this machine, or may not be read here.
    package static let sourceRoot = Self("dataset.root_missing")
    /// A data set's root is on this machine and has nothing in it, as a folder that nothing is mounted on.
    package static let sourceEmpty = Self("dataset.root_empty")
    /// A data set's root is on this machine and has other things in it than the manifest says.
    package static let sourceUnhealthy = Self("dataset.root_unhealthy")
    /// A server or object store does not answer, or answers that it cannot now.
    package static let sourceUnreachable = Self("source.unreachable")
    /// A server or object store refuses: no credentials, wrong ones, or none that suffice.
    package static let sourceForbidden = Self("source.forbidden")
    /// A server does not do what reading in place needs, or answers what makes no sense.
    package static let sourceUnsuitable = Self("source.unsuitable")
    /// The AWS files or variables with credentials cannot be understood.
    package static let sourceCredentials = Self("source.credentials")
    /// A manifest's row names something that is not below its data set's root.
    package static let imageReference = Self("image.reference")

    /// The archive is compressed, or no tar archive at all.
    package static let archiveFormat = Self("archive.format")
    /// The archive ends before it is complete.
    package static let archiveTruncated = Self("archive.truncated")
    /// The archive has bytes that its format does not allow.
    package static let archiveDamaged = Self("archive.damaged")
    /// The archive holds sparse files, whose bytes are not all there.
    package static let archiveSparse = Self("archive.sparse")
    /// The shards and what `_info.json` tells of them do not fit, or samples have no usable labels.
    package static let archiveSamples = Self("archive.samples")
}
