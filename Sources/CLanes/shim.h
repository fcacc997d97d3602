// Vector operations that Swift's standard library leaves as scalar loops: shifts, bit operations, comparisons, saturation, masks of lanes.
//
// Inline functions over clang's portable vector types: every instruction set gets its own instructions from the same text, and Swift
// imports `lanes16` as SIMD32<Int16> and `lanes32` as SIMD16<Int32>. One value of either is a line: 64 bytes.
#pragma once

#include <stdint.h>
#if defined(__AVX512F__)
#include <immintrin.h>
#endif

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
    static inline lanes larger##suffix(lanes a, lanes b) { return __builtin_elementwise_max(a, b); }                               \
    /* Each lane by a count of its own. */                                                                                         \
    static inline lanes shiftedRightEach##suffix(lanes a, lanes counts) { return a >> counts; }                                    \
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

/* Sums of 64 bits for 16 outputs of a layer that multiplies currents. */
typedef int64_t lanes64 __attribute__((ext_vector_type(8)));
typedef int32_t half32 __attribute__((ext_vector_type(8)));

static inline lanes64 broadcast64(int64_t value) { return (lanes64)value; }
static inline lanes64 sumOfProductLow(lanes64 sum, lanes32 weights, int32_t current)
{
    return sum + __builtin_convertvector(weights.lo, lanes64) * (lanes64)(int64_t)current;
}
static inline lanes64 sumOfProductHigh(lanes64 sum, lanes32 weights, int32_t current)
{
    return sum + __builtin_convertvector(weights.hi, lanes64) * (lanes64)(int64_t)current;
}
/* Shifted right, the bias added, and cut off below and above. */
static inline lanes32 narrowed64(lanes64 low, lanes64 high, int32_t shift, lanes32 bias, int32_t lowest, int32_t highest)
{
    lanes64 first = (low >> (lanes64)(int64_t)shift) + __builtin_convertvector(bias.lo, lanes64);
    lanes64 second = (high >> (lanes64)(int64_t)shift) + __builtin_convertvector(bias.hi, lanes64);
    lanes32 result;
    result.lo = __builtin_convertvector(
        __builtin_elementwise_min(__builtin_elementwise_max(first, (lanes64)(int64_t)lowest), (lanes64)(int64_t)highest), half32);
    result.hi = __builtin_convertvector(
        __builtin_elementwise_min(__builtin_elementwise_max(second, (lanes64)(int64_t)lowest), (lanes64)(int64_t)highest), half32);
    return result;
}
/* Sums of 64 bits of 32-bit lanes. */
static inline lanes64 sum64Low(lanes64 sum, lanes32 a) { return sum + __builtin_convertvector(a.lo, lanes64); }
static inline lanes64 sum64High(lanes64 sum, lanes32 a) { return sum + __builtin_convertvector(a.hi, lanes64); }

/*
 * Writes the places of a word's set bits, ascending, each shifted left by `shift` and raised by `first` modulo 2^16. Up to 16 (with AVX-512:
 * 28) places behind the last one are overwritten.
 */
static inline void listPlaces(uint64_t bits, int32_t first, int32_t shift, uint16_t *rows)
{
#if defined(__AVX512F__)
    const __m512i places = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m512i raised = _mm512_add_epi32(_mm512_sll_epi32(places, _mm_cvtsi32_si128(shift)), _mm512_set1_epi32(first));
    for (int quarter = 0; quarter < 4; quarter++) {
        __m512i set = _mm512_maskz_compress_epi32((__mmask16)bits, raised);
        _mm256_storeu_si256((__m256i *)rows, _mm512_cvtepi32_epi16(set));
        rows += __builtin_popcount((uint16_t)bits);
        raised = _mm512_add_epi32(raised, _mm512_set1_epi32(16 << shift));
        bits >>= 16;
    }
#else
    /* Four places go into one word. A negative sum borrows from the fields above, and what overflows a field comes from beyond the last bit. */
    uint64_t raise = (uint64_t)(int64_t)first;
    raise += raise << 16;
    raise += raise << 32;
    while (bits != 0) {
        uint64_t four = 0;
        for (int field = 0; field < 64; field += 16) {
            four |= (uint64_t)(bits == 0 ? 64 : __builtin_ctzll(bits)) << field;
            bits &= bits - 1;
        }
        four = (four << shift) + raise;
        __builtin_memcpy(rows, &four, sizeof four);
        rows += 4;
    }
#endif
}

/* Asks for a line that is wanted soon, into the second cache. */
static inline void prefetch(const void *line) { __builtin_prefetch(line, 0, 2); }

/* The input layer's product of a weight and a pixel; nothing on a spike's path calls it. */
static inline lanes32 product32(lanes32 a, int32_t b) { return a * b; }

#if defined(__x86_64__)
/* Whether processor and system run the microarchitecture levels of the x86-64 psABI. */
static inline int supports_x86_64_v2(void) { __builtin_cpu_init(); return __builtin_cpu_supports("x86-64-v2"); }
static inline int supports_x86_64_v3(void) { __builtin_cpu_init(); return __builtin_cpu_supports("x86-64-v3"); }
static inline int supports_x86_64_v4(void) { __builtin_cpu_init(); return __builtin_cpu_supports("x86-64-v4"); }
#endif
