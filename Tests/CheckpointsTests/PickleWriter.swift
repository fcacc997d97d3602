/// Writes pickles for tests, opcode by opcode.
struct PickleWriter {
    private(set) var bytes: [UInt8] = [0x80, 2]

    mutating func raw(_ more: [UInt8]) { bytes += more }

    mutating func op(_ character: Unicode.Scalar) { bytes.append(UInt8(ascii: character)) }

    mutating func text(_ text: String) {
        op("X")
        bytes += little(UInt32(text.utf8.count)) + Array(text.utf8)
    }

    mutating func integer(_ value: Int) {
        bytes += [0x8A, 8] + little(Int64(value))
    }

    mutating func global(_ module: String, _ name: String) {
        op("c")
        bytes += Array("\(module)\n\(name)\n".utf8)
    }

    mutating func integers(_ values: [Int]) {
        op("(")
        for value in values { integer(value) }
        op("t")
    }

    /// A tensor as torch.save describes it.
    mutating func tensor(
        key: String, storage: String = "FloatStorage", count: Int, offset: Int = 0, shape: [Int], strides: [Int]
    ) {
        global("torch._utils", "_rebuild_tensor_v2")
        op("(")
        op("(")
        text("storage")
        global("torch", storage)
        text(key)
        text("cpu")
        integer(count)
        op("t")
        op("Q")
        integer(offset)
        integers(shape)
        integers(strides)
        bytes.append(0x89)
        global("collections", "OrderedDict")
        op(")")
        op("R")
        op("t")
        op("R")
    }

    /// The whole checkpoint: this pickle (STOP added) and the given storages.
    func checkpoint(storages: [String: [UInt8]] = [:]) -> [UInt8] {
        var zip = ZipWriter()
        zip.add("archive/data.pkl", bytes + [UInt8(ascii: ".")])
        zip.add("archive/byteorder", Array("little".utf8))
        for (key, contents) in storages.sorted(by: { $0.key < $1.key }) {
            zip.add("archive/data/\(key)", contents)
        }
        return zip.write()
    }
}
