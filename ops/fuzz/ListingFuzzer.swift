/// Any bytes as an object store's answer give objects or an error.
func fuzzListing(_ input: [UInt8]) {
    guard let listing = try? BucketListing(input) else { return }
    precondition(listing.objects.allSatisfy { $0.byteCount >= 0 }, "an object has a negative length")
}
