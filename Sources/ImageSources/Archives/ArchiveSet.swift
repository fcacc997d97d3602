internal import Diagnostics
internal import Foundation
internal import ImageInput
internal import Synchronization

/// Several archives, each read once from beginning to end, and their images hashed meanwhile.
struct ArchiveSet {
    let store: any ObjectStore
    /// Paths below the store's root; `[""]` where that is the archive.
    let names: [String]

    /// The indexes in the order of the names.
    /// - Parameters:
    ///   - threads: archives that are read at the same time, and threads that hash.
    ///   - progress: called with bytes done and bytes in all, one call at a time.
    /// - Throws: what is wrong with the first of them that has something wrong.
    func indexes(threads: Int, progress: @escaping @Sendable (Int, Int) -> Void) throws -> [ArchiveIndex] {
        let sizes = try names.map { try store.byteCount(of: $0) }
        let total = sizes.reduce(0) { $0.addingReportingOverflow($1).partialValue }
        let board = IndexBoard(count: names.count)
        let hashing = HashingThreads(count: threads)
        defer { hashing.stop() }
        let workers = (0..<max(1, min(threads, names.count))).map { index in
            NamedThread("index-\(index)") { [self] in
                while let place = board.take() {
                    board.finish(
                        place,
                        Result {
                            try ArchiveIndex(stream(names[place], byteCount: sizes[place]), hashing: hashing) {
                                board.advance(by: $0) { progress($0, total) }
                            }
                        })
                }
            }
        }
        for worker in workers { worker.join() }
        return try board.results()
    }

    private func stream(_ name: String, byteCount: Int) -> ArchiveStream {
        let chunk = store.distance.chunkBytes
        let starts = Array(stride(from: 0, to: byteCount, by: chunk))
        let sizes = starts.map { min(chunk, byteCount - $0) }
        let store = self.store
        let reading = ReadAhead(sizes: sizes, readers: store.distance.readers / 2 + 1) { piece in
            try store.read(name, starts[piece]..<starts[piece] + sizes[piece])
        }
        return ArchiveStream(title: store.title(of: name), byteCount: byteCount) { try reading.next() }
    }
}

/// Hands out archives and takes their indexes.
private final class IndexBoard: Sendable {
    private struct State {
        var next = 0
        var bytes = 0
        var results: [Result<ArchiveIndex, any Error>?]
    }

    private let state: Mutex<State>

    init(count: Int) {
        state = Mutex(State(results: Array(repeating: nil, count: count)))
    }

    /// The next archive, nil where there is none or one went wrong.
    func take() -> Int? {
        state.withLock { state in
            let hasFailed = state.results.contains { if case .failure = $0 { true } else { false } }
            guard state.next < state.results.count, !hasFailed else { return nil }
            state.next += 1
            return state.next - 1
        }
    }

    func finish(_ place: Int, _ result: Result<ArchiveIndex, any Error>) { state.withLock { $0.results[place] = result } }

    func advance(by bytes: Int, _ report: (Int) -> Void) {
        state.withLock { state in
            state.bytes += bytes
            report(state.bytes)
        }
    }

    func results() throws -> [ArchiveIndex] {
        try state.withLock { state in try state.results.compactMap { try $0?.get() } }
    }
}
