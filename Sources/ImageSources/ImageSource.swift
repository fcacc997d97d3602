package import Diagnostics
internal import Foundation
internal import ImageInput
internal import Synchronization

/// Where a data set's images come from: it lists them, reads them by reference, and says whether it is healthy on this machine.
///
/// A folder, archives, a web server or an object store; what it is, its root's address says. All calls block, and may come from any thread.
package final class ImageSource: Sendable {
    package let address: SourceAddress
    let store: any ObjectStore
    private let checked = Mutex<ContinuousClock.Instant?>(nil)

    /// A server that was well is not asked again for so long.
    private static let healthPeriod = Duration.seconds(30)

    /// - Parameters:
    ///   - root: a path, or an address of `file://`, `http://`, `https://` or `s3://`.
    ///   - endpoint: another object store's address, where the root names none.
    /// - Throws: `source.address`, `source.credentials`, `archive.format` for a name that says it is compressed.
    package convenience init(root: String, endpoint: String? = nil, timing: WebTiming = WebTiming()) throws {
        try self.init(SourceAddress(root, endpoint: endpoint), timing: timing)
    }

    /// - Throws: `source.credentials`.
    package init(_ address: SourceAddress, timing: WebTiming = WebTiming()) throws {
        self.address = address
        let reader = WebReader(timing: timing)
        switch address.scheme {
        case .file: store = LocalStore(root: address.base)
        case .http: store = WebStore(base: address.base, known: address.archives?.first, reader: reader)
        case .s3(let endpoint): store = try BucketStore(address, endpoint: endpoint, reader: reader)
        }
    }

    /// An image's bytes, at most `limit`, as many as the manifest says. That they are the right ones, their hash tells, which is not looked at here.
    /// - Throws: `image.reference`; `image.unreadable` and `image.changed` where the image is not there; transient failures where it cannot be had
    ///   from this machine, or not now.
    package func read(_ reference: ImageReference, limit: Int = ImageLoader.defaultFileSizeLimit) throws -> ArraySlice<UInt8> {
        try reference.check()
        guard let place = reference.place, let range = reference.range else {
            return try store.readWhole(reference.path, limit: limit)[...]
        }
        guard range.count <= limit else {
            throw Failure(
                .imageFileTooLarge, "\(title(of: reference)) has \(range.count) bytes, more than the limit of \(limit).",
                remedy: "Make the file smaller, or raise the limit.")
        }
        return try store.read(place.container, range)[...]
    }

    /// What keeps images from being read on this machine, or nil: a folder that is not there, empty, stale or forbidden; a server that does not
    /// answer or refuses. Always transient.
    package func health() -> Failure? {
        if address.isRemote, let last = checked.withLock({ $0 }), last.duration(to: .now) < Self.healthPeriod { return nil }
        if let failure = store.health() { return failure }
        checked.withLock { $0 = .now }
        return nil
    }

    /// What failures call an image.
    package func title(of reference: ImageReference) -> String {
        guard let place = reference.place else { return store.title(of: reference.path) }
        return "\(reference.path) in \(store.title(of: place.container))"
    }
}
