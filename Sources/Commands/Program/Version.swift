internal import CVersion

/// This program's version; runs record it.
package let programVersion = String(cString: evalctl_version())
