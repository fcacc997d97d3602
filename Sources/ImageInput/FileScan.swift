import Diagnostics
import Foundation
import Synchronization

/// One pass over many files on several threads, results in the order of the paths.
enum FileScan {
    private static let bufferBytes = 1 << 20
    /// Files that a thread takes at a time.
    private static let batch = 16

    /// Opens each file and gives it to `work` with a buffer of 1 MiB. A file that cannot be opened or read has its failure as result.
    ///
    /// Blocks until all threads are done. `progress` is called after each batch, one call at a time.
    static func run<Output: Sendable>(
        root: String, paths: [String], threads: Int, progress: @escaping @Sendable (ImageManifest.Progress) -> Void,
        work: @escaping @Sendable (borrowing FileReader, UnsafeMutableRawBufferPointer) throws -> Output
    ) -> [Result<Output, Failure>] {
        let shared = SharedState<Output>(count: paths.count)
        let group = DispatchGroup()
        for _ in 0..<max(1, min(threads, (paths.count + batch - 1) / batch)) {
            group.enter()
            let thread = Thread {
                var buffer = ByteBuffer()
                while let range = shared.nextBatch(of: batch) {
                    var bytes = 0
                    let results = range.map { index -> (Int, Result<Output, Failure>) in
                        (index, scan("\(root)/\(paths[index])", through: &buffer, bytes: &bytes, work: work))
                    }
                    shared.finish(results, bytes: bytes, progress: progress)
                }
                group.leave()
            }
            thread.name = "file scan"
            thread.start()
        }
        group.wait()
        return shared.takeResults()
    }

    private static func scan<Output>(
        _ path: String, through buffer: inout ByteBuffer, bytes: inout Int,
        work: (borrowing FileReader, UnsafeMutableRawBufferPointer) throws -> Output
    ) -> Result<Output, Failure> {
        do {
            try buffer.reserve(bufferBytes, for: path)
            let reader = try FileReader(path: path, limit: ImageLoader.defaultFileSizeLimit)
            bytes += reader.byteCount
            return .success(try work(reader, UnsafeMutableRawBufferPointer(start: buffer.base, count: bufferBytes)))
        } catch let failure as Failure {
            return .failure(failure)
        } catch {
            return .failure(Failure(.imageUnreadable, "\(path) cannot be read.", cause: error))
        }
    }

    /// What the threads share: the next file, and the results so far.
    private final class SharedState<Output: Sendable>: Sendable {
        private struct State {
            var next = 0
            var results: [Result<Output, Failure>?]
            var done = 0
            var bytes = 0
        }

        private let state: Mutex<State>

        init(count: Int) {
            state = Mutex(State(results: Array(repeating: nil, count: count)))
        }

        func nextBatch(of size: Int) -> Range<Int>? {
            state.withLock { state in
                let range = state.next..<min(state.next + size, state.results.count)
                state.next = range.upperBound
                return range.isEmpty ? nil : range
            }
        }

        func finish(_ results: [(Int, Result<Output, Failure>)], bytes: Int, progress: (ImageManifest.Progress) -> Void) {
            state.withLock { state in
                for (index, result) in results { state.results[index] = result }
                state.done += results.count
                state.bytes += bytes
                progress(ImageManifest.Progress(files: state.done, totalFiles: state.results.count, bytes: state.bytes))
            }
        }

        func takeResults() -> [Result<Output, Failure>] {
            state.withLock { $0.results.compactMap { $0 } }
        }
    }
}
