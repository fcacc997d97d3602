import CTIFF

extension TIFFLayout {
    /// Puts a strip's or tile's samples, in the machine's byte order, into the image.
    func convert(_ block: UnsafePointer<UInt8>, left: Int, top: Int, plane: Int, to target: UnsafeMutablePointer<UInt8>) {
        for row in 0..<min(blockHeight, height - top) {
            let source = block + row * rowBytes
            for column in 0..<min(blockWidth, width - left) {
                let pixel = target + ((top + row) * width + left + column) * 4
                switch samples.meaning {
                case .white0, .black0:
                    let gray = samples.gray(source, isSeparate ? column : column * samples.count)
                    if plane == 0 { (pixel[0], pixel[1], pixel[2]) = (gray, gray, gray) }
                case .palette:
                    if plane == 0 {
                        (pixel[0], pixel[1], pixel[2]) = palette[Int(samples.value(source, isSeparate ? column : column * samples.count))]
                    }
                case .yCbCr where !isSeparate:
                    let group =
                        block + row / subsampling.rows * groupRowBytes + column / subsampling.columns
                        * (subsampling.columns * subsampling.rows + 2)
                    pixel[0] = group[row % subsampling.rows * subsampling.columns + column % subsampling.columns]
                    pixel[1] = group[subsampling.columns * subsampling.rows]
                    pixel[2] = group[subsampling.columns * subsampling.rows + 1]
                case .color, .premultiplied, .ink, .yCbCr, .lab:
                    for channel in isSeparate ? plane..<min(plane + 1, 4) : 0..<min(samples.count, 4) {
                        let value = samples.value(source, isSeparate ? column : column * samples.count + channel)
                        pixel[channel] = samples.meaning == .ink ? 255 - value : value
                    }
                }
            }
        }
    }
}
