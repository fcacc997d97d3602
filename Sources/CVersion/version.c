#include "version.h"

const char *evalctl_version(void) { return EVALCTL_VERSION; }
