#ifndef CPNG_SHIM_H
#define CPNG_SHIM_H

#include <png.h>
#include <setjmp.h>
#include <string.h>

/*
 * libpng reports errors by longjmp, which must not cross Swift frames, and its simplified interface cannot give a file's own
 * samples: it applies gamma, blends alpha and rounds 16 bits. So the one call that can fail stands here, errors caught inside it.
 */

enum { CPNG_CORRUPT = -1, CPNG_TRUNCATED = -2 };

typedef struct {
    const unsigned char *next;
    size_t remaining;
    int ended;
    char *message;
    size_t message_capacity;
} cpng_source;

static inline void cpng_fail(png_structp png, png_const_charp text) {
    cpng_source *source = (cpng_source *)png_get_error_ptr(png);
    strncpy(source->message, text, source->message_capacity - 1);
    source->message[source->message_capacity - 1] = 0;
    png_longjmp(png, source->ended ? 2 : 1);
}

static inline void cpng_ignore_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static inline void cpng_read(png_structp png, png_bytep destination, size_t count) {
    cpng_source *source = (cpng_source *)png_get_io_ptr(png);
    if (count > source->remaining) {
        source->ended = 1;
        png_error(png, "the file ends too early");
    }
    memcpy(destination, source->next, count);
    source->next += count;
    source->remaining -= count;
}

/*
 * Decodes a PNG in memory to rows of 4 * width bytes in `pixels`: R, G, B and a byte of no meaning (8-bit, palette looked up,
 * gray replicated, the high byte of 16-bit samples), or, for 16-bit gray without alpha, width big-endian samples at each row's start.
 * The size must be the one that the IHDR chunk declares. Returns 0, or with a message
 * CPNG_CORRUPT or CPNG_TRUNCATED.
 */
static inline int cpng_decode(
    const unsigned char *bytes, size_t count, unsigned int width, unsigned int height, unsigned char *pixels, char *message,
    size_t message_capacity
) {
    cpng_source source = {bytes, count, 0, message, message_capacity};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, cpng_fail, cpng_ignore_warning);
    if (png == NULL) {
        strncpy(message, "libpng could not be started", message_capacity - 1);
        return CPNG_CORRUPT;
    }
    png_infop volatile info = NULL;
    int failure;
    switch (setjmp(png_jmpbuf(png))) {
    case 0: failure = 0; break;
    case 2: failure = CPNG_TRUNCATED; break;
    default: failure = CPNG_CORRUPT; break;
    }
    if (failure != 0) {
        png_infop made = info;
        png_destroy_read_struct(&png, &made, NULL);
        return failure;
    }
    info = png_create_info_struct(png);
    if (info == NULL) png_error(png, "libpng ran out of memory");
    png_set_read_fn(png, &source, cpng_read);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_read_info(png, info);
    if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height) png_error(png, "two image headers");

    const int color = png_get_color_type(png, info);
    const int depth = png_get_bit_depth(png, info);
    const int is_gray_16 = color == PNG_COLOR_TYPE_GRAY && depth == 16;
    if (!is_gray_16) {
        if (color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
        if (color == PNG_COLOR_TYPE_GRAY && depth < 8) png_set_expand_gray_1_2_4_to_8(png);
        if (depth == 16) png_set_strip_16(png);
        if ((color & PNG_COLOR_MASK_COLOR) == 0) png_set_gray_to_rgb(png);
        png_set_filler(png, 0xFF, PNG_FILLER_AFTER);
    }
    const int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    const size_t row_bytes = (size_t)width * (is_gray_16 ? 2 : 4);
    if (png_get_rowbytes(png, info) != row_bytes) png_error(png, "an unexpected layout of samples");
    for (int pass = 0; pass < passes; pass++) {
        for (size_t row = 0; row < height; row++) png_read_row(png, pixels + row * (size_t)width * 4, NULL);
    }
    png_infop made = info;
    png_destroy_read_struct(&png, &made, NULL);
    return 0;
}

#endif
