internal import Engine

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The time that a dense engine in single precision needs at least: the matrix products of the network's own layers, once a time step,
/// through OpenBLAS, without anything between them.
///
/// OpenBLAS is looked up when it is wanted and is no dependency of this program.
package struct DenseFloor {
    /// OpenBLAS's name for the processor it chose its kernels for.
    package let core: String
    private let multiply: Multiply
    private let setThreads: SetThreads

    private typealias Multiply =
        @convention(c) (
            Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>, Int32, UnsafePointer<Float>, Int32, Float,
            UnsafeMutablePointer<Float>, Int32
        ) -> Void
    private typealias SetThreads = @convention(c) (Int32) -> Void
    private typealias CoreName = @convention(c) () -> UnsafePointer<CChar>?

    /// Nil where OpenBLAS is not installed.
    ///
    /// An OpenBLAS that does not know the processor falls back to kernels of 2004, which are four times as slow: it is told what the processor
    /// has, unless `OPENBLAS_CORETYPE` says otherwise.
    package init?() {
        if let core = Self.coreOfInstructionSet { setenv("OPENBLAS_CORETYPE", core, 0) }
        guard let library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL),
            let multiply = dlsym(library, "cblas_sgemm"), let setThreads = dlsym(library, "openblas_set_num_threads"),
            let coreName = dlsym(library, "openblas_get_corename")
        else { return nil }
        self.multiply = unsafeBitCast(multiply, to: Multiply.self)
        self.setThreads = unsafeBitCast(setThreads, to: SetThreads.self)
        core = unsafeBitCast(coreName, to: CoreName.self)().map { String(cString: $0) } ?? "unknown"
    }

    private static var coreOfInstructionSet: String? {
        let runnable = KernelSelection.runnableNames
        return runnable.contains("v4") ? "SkylakeX" : runnable.contains("v3") ? "Haswell" : nil
    }

    /// Seconds of one image on one thread.
    package func secondsPerImage(_ products: [DenseProduct], timeSteps: Int) -> Double {
        guard !products.isEmpty else { return 0 }
        setThreads(1)
        let left = Self.values(products.map { $0.rows * $0.inner }.max() ?? 0)
        let right = Self.values(products.map { $0.inner * $0.columns }.max() ?? 0)
        var result = Self.values(products.map { $0.rows * $0.columns }.max() ?? 0)
        func once() {
            for _ in 0..<timeSteps {
                for product in products {
                    let (rows, columns, inner) = (Int32(product.rows), Int32(product.columns), Int32(product.inner))
                    for _ in 0..<product.count {
                        multiply(101, 111, 111, rows, columns, inner, 1, left, inner, right, columns, 0, &result, columns)
                    }
                }
            }
        }
        once()
        return (0..<3).map { _ in Stopwatch.measure(once) }.reduce(.infinity, min)
    }

    private static func values(_ count: Int) -> [Float] {
        (0..<count).map { Float($0 % 7) * 0.125 }
    }
}
