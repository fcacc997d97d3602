// A library to be preloaded into a program whose wall clock is to be set: the file that WALL_CLOCK_SHIFT names holds the seconds, a 64-bit number
// in the machine's order, that the program's wall clock is ahead by. What waits by the wall clock until a moment of its own waits that much longer.
