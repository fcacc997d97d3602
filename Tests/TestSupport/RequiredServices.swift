import FoundationEssentials
import Glibc
package import Testing

/// Whether a missing service fails the tests that need it instead of skipping them: CI sets `EVALCTL_REQUIRE_SERVICES=1`.
package var servicesAreRequired: Bool {
    ProcessInfo.processInfo.environment["EVALCTL_REQUIRE_SERVICES"] == "1"
}

extension Trait where Self == ConditionTrait {
    /// Skips where the tests are not run by root, who alone can act as several users, unless services are required: then the tests run and fail.
    package static var requiresRoot: Self {
        .enabled(if: servicesAreRequired || geteuid() == 0, "acting as several users needs root")
    }
}
