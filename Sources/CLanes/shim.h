// Vector operations that Swift's standard library leaves as scalar loops: shifts, bit operations, comparisons, saturation, masks of lanes.
//
// Inline functions over clang's portable vector types: every instruction set gets its own instructions from the same text, and Swift
// imports `lanes16` as SIMD32<Int16> and `lanes32` as SIMD16<Int32>. One value of either is a line: 64 bytes.
#pragma once

#include <stdint.h>

typedef int16_t lanes16 __attribute__((ext_vector_type(32)));
typedef int32_t lanes32 __attribute__((ext_vector_type(16)));
typedef _Bool mask16 __attribute__((ext_vector_type(32)));
typedef _Bool mask32 __attribute__((ext_vector_type(16)));
typedef int16_t half16 __attribute__((ext_vector_type(16)));

#define LANES_OPERATIONS(suffix, lanes, scalar, mask, bits)                                                                        \
    static inline lanes load##suffix(const void *line) { return *(const lanes *)line; }                                            \
    static inline void store##suffix(lanes value, void *line) { *(lanes *)line = value; }                                          \
    static inline lanes broadcast##suffix(int32_t value) { return (lanes)(scalar)value; }                                          \
    static inline lanes sum##suffix(lanes a, lanes b) { return a + b; }                                                            \
    static inline lanes difference##suffix(lanes a, lanes b) { return a - b; }                                                     \
    static inline lanes both##suffix(lanes a, lanes b) { return a & b; }                                                           \
    static inline lanes either##suffix(lanes a, lanes b) { return a ^ b; }                                                         \
    static inline lanes shiftedRight##suffix(lanes a, int32_t count) { return a >> (lanes)(scalar)count; }                         \
    static inline lanes shiftedLeft##suffix(lanes a, int32_t count) { return a << (lanes)(scalar)count; }                          \
    static inline lanes clamped##suffix(lanes a, lanes lowest, lanes highest)                                                      \
    {                                                                                                                              \
        return __builtin_elementwise_min(__builtin_elementwise_max(a, lowest), highest);                                           \
    }                                                                                                                              \
    static inline lanes saturatingSum##suffix(lanes a, lanes b) { return __builtin_elementwise_add_sat(a, b); }                    \
    /* Bit i is set where lane i of a is at least that of b. */                                                                    \
    static inline uint32_t atLeast##suffix(lanes a, lanes b)                                                                       \
    {                                                                                                                              \
        return __builtin_bit_cast(bits, __builtin_convertvector(a >= b, mask));                                                    \
    }                                                                                                                              \
    /* Lane i of a where bit i is clear, else 0. */                                                                                \
    static inline lanes clearedWhere##suffix(lanes a, uint32_t set)                                                                \
    {                                                                                                                              \
        return __builtin_convertvector(__builtin_bit_cast(mask, (bits)set), lanes) != 0 ? (lanes)(scalar)0 : a;                    \
    }                                                                                                                              \
    /* a + b where bit i is set, else a. */                                                                                        \
    static inline lanes sumWhere##suffix(lanes a, lanes b, uint32_t set)                                                           \
    {                                                                                                                              \
        return __builtin_convertvector(__builtin_bit_cast(mask, (bits)set), lanes) != 0 ? a + b : a;                               \
    }

LANES_OPERATIONS(16, lanes16, int16_t, mask16, uint32_t)
LANES_OPERATIONS(32, lanes32, int32_t, mask32, uint16_t)

/* Lanes 0 to 15 and 16 to 31 in 32 bits. */
static inline lanes32 lowWidened(lanes16 a) { return __builtin_convertvector(a.lo, lanes32); }
static inline lanes32 highWidened(lanes16 a) { return __builtin_convertvector(a.hi, lanes32); }

/* Both in 16 bits; every lane must fit. */
static inline lanes16 narrowed(lanes32 low, lanes32 high)
{
    lanes16 result;
    result.lo = __builtin_convertvector(low, half16);
    result.hi = __builtin_convertvector(high, half16);
    return result;
}

/* The input layer's product of a weight and a pixel; nothing on a spike's path calls it. */
static inline lanes32 product32(lanes32 a, int32_t b) { return a * b; }

#if defined(__x86_64__)
/* Whether processor and system run the microarchitecture levels of the x86-64 psABI. */
static inline int supports_x86_64_v2(void) { __builtin_cpu_init(); return __builtin_cpu_supports("x86-64-v2"); }
static inline int supports_x86_64_v3(void) { __builtin_cpu_init(); return __builtin_cpu_supports("x86-64-v3"); }
static inline int supports_x86_64_v4(void) { __builtin_cpu_init(); return __builtin_cpu_supports("x86-64-v4"); }
#endif
