import FoundationEssentials

/// Whether a missing service fails the tests that need it instead of skipping them: CI sets `EVALCTL_REQUIRE_SERVICES=1`.
package var servicesAreRequired: Bool {
    ProcessInfo.processInfo.environment["EVALCTL_REQUIRE_SERVICES"] == "1"
}
