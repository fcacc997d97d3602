/// All that a run's page shows, as values: what was asked of the database, and the pictures where they could be had.
package struct RunPageContent: Sendable {
    package var report: RunReport
    /// Numbers of time steps, then early exits by margin, then by stable predictions.
    package var anytime: [AnytimePoint]
    /// The table that energies are by.
    package var costs: EnergyCosts
    package var groups: [LayerFiring]
    package var synapses: [LayerOperations]
    /// Every class that has evaluated images, by index.
    package var classes: [ClassAccuracy]
    package var confusion: ConfusionExcerpt
    package var latency: [LatencyBin]
    package var throughput: [WorkerThroughput]
    /// The whole certificate that the report quotes.
    package var certificate: Certificate?
    /// The most confident mistakes.
    package var worst: [WorstImage]
    /// The root of the data set's images when it was added.
    package var dataSetFolder: String
    /// The most pixels that the run let an image have.
    package var pixelLimit: Int

    package init(
        report: RunReport, anytime: [AnytimePoint] = [], costs: EnergyCosts, groups: [LayerFiring] = [],
        synapses: [LayerOperations] = [], classes: [ClassAccuracy] = [], confusion: ConfusionExcerpt = .init(),
        latency: [LatencyBin] = [], throughput: [WorkerThroughput] = [], certificate: Certificate? = nil, worst: [WorstImage] = [],
        dataSetFolder: String = "", pixelLimit: Int = .max
    ) {
        self.report = report
        self.anytime = anytime
        self.costs = costs
        self.groups = groups
        self.synapses = synapses
        self.classes = classes
        self.confusion = confusion
        self.latency = latency
        self.throughput = throughput
        self.certificate = certificate
        self.worst = worst
        self.dataSetFolder = dataSetFolder
        self.pixelLimit = pixelLimit
    }
}

/// Of a confusion matrix, what a person can look at: all of it, or the classes that are most often taken for each other.
package struct ConfusionExcerpt: Sendable, Hashable {
    /// Classes of the block's rows and columns, by index.
    package var labels: [Int]
    /// Cells of the block that are not zero.
    package var cells: [ConfusionCell]
    /// Classes that are taken for each other, the most confused first.
    package var pairs: [ConfusedPair]
    /// Whether the block has every class of the run.
    package var isWhole: Bool

    package init(labels: [Int] = [], cells: [ConfusionCell] = [], pairs: [ConfusedPair] = [], isWhole: Bool = true) {
        self.labels = labels
        self.cells = cells
        self.pairs = pairs
        self.isWhole = isWhole
    }
}

/// Images whose time in a phase lies between two numbers of microseconds, the first included.
package struct LatencyBin: Sendable, Hashable {
    /// `decode`, `preprocess`, `inference` or `total`.
    package var phase: String
    /// There are twenty bins per power of ten.
    package var bin: Int
    package var lowMicroseconds: Double
    package var highMicroseconds: Double
    package var images: Int

    package init(phase: String, bin: Int, lowMicroseconds: Double, highMicroseconds: Double, images: Int) {
        self.phase = phase
        self.bin = bin
        self.lowMicroseconds = lowMicroseconds
        self.highMicroseconds = highMicroseconds
        self.images = images
    }
}

/// What a worker did of a run, over time.
package struct WorkerThroughput: Sendable, Hashable {
    package var worker: Int64
    package var host: String
    package var images: Double
    /// Length of each interval; the first begins when the run did.
    package var intervalSeconds: Double
    /// Images per second in each interval.
    package var rates: [Double]

    package init(worker: Int64, host: String, images: Double, intervalSeconds: Double, rates: [Double]) {
        self.worker = worker
        self.host = host
        self.images = images
        self.intervalSeconds = intervalSeconds
        self.rates = rates
    }
}

/// A mistake, and its picture where the file could be read.
package struct WorstImage: Sendable, Hashable {
    package enum Picture: Sendable, Hashable {
        /// A PNG file of so many pixels.
        case png([UInt8], width: Int, height: Int)
        /// Why there is none.
        case missing(String)
    }

    package var mistake: Mistake
    /// The archive that holds the file, and its first byte there; nil for a file of its own.
    package var container: String?
    package var offset: Int?
    /// Of the file, as the manifest has it.
    package var bytes: Int
    package var sha256: [UInt8]
    package var picture: Picture

    package init(
        mistake: Mistake, container: String? = nil, offset: Int? = nil, bytes: Int, sha256: [UInt8],
        picture: Picture = .missing("pictures were not asked for")
    ) {
        self.mistake = mistake
        self.container = container
        self.offset = offset
        self.bytes = bytes
        self.sha256 = sha256
        self.picture = picture
    }
}
