import ImageInput
import Synchronization

/// What a progress callback was told.
final class ProgressRecord: Sendable {
    private let state = Mutex<[ImageManifest.Progress]>([])

    var steps: [ImageManifest.Progress] { state.withLock { $0 } }

    func add(_ step: ImageManifest.Progress) { state.withLock { $0.append(step) } }
}
