/// The processor's level, as reports name it.
public enum InstructionSet {
    /// `x86-64` or `arm64`, by what this program was built for.
    public static var name: String {
        #if arch(x86_64)
            "x86-64"
        #elseif arch(arm64)
            "arm64"
        #else
            "other"
        #endif
    }
}
