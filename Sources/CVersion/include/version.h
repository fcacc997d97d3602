#pragma once

/// The version that this program was built as; the manifest defines it.
const char *evalctl_version(void);
