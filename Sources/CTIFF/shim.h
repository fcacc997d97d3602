#ifndef CTIFF_SHIM_H
#define CTIFF_SHIM_H

#include <stdio.h>
#include <string.h>
#include <tiffio.h>

/*
 * libtiff reads through functions that the caller gives, reports errors with a list of variable arguments and returns tags through
 * variable arguments, none of which Swift has. So these stand here; nothing else does.
 */

typedef struct {
    const unsigned char *bytes;
    size_t count;
    size_t position;
    char message[256];
} ctiff_source;

static inline tmsize_t ctiff_read(thandle_t handle, void *destination, tmsize_t size) {
    ctiff_source *source = (ctiff_source *)handle;
    const size_t left = source->position < source->count ? source->count - source->position : 0;
    const size_t taken = size < 0 ? 0 : (size_t)size < left ? (size_t)size : left;
    memcpy(destination, source->bytes + (taken > 0 ? source->position : 0), taken);
    source->position += taken;
    return (tmsize_t)taken;
}

static inline tmsize_t ctiff_write(thandle_t handle, void *bytes, tmsize_t size) {
    (void)handle;
    (void)bytes;
    (void)size;
    return 0;
}

static inline toff_t ctiff_seek(thandle_t handle, toff_t offset, int whence) {
    ctiff_source *source = (ctiff_source *)handle;
    const toff_t base = whence == SEEK_CUR ? source->position : whence == SEEK_END ? source->count : 0;
    source->position = (size_t)(base + offset);
    return source->position;
}

static inline int ctiff_close(thandle_t handle) {
    (void)handle;
    return 0;
}

static inline toff_t ctiff_size(thandle_t handle) { return ((ctiff_source *)handle)->count; }

/* Keeps the first error. */
static inline int ctiff_error(TIFF *tiff, void *handle, const char *module, const char *format, va_list arguments) {
    ctiff_source *source = (ctiff_source *)handle;
    (void)tiff;
    (void)module;
    if (source->message[0] == 0) vsnprintf(source->message, sizeof source->message, format, arguments);
    return 1;
}

static inline int ctiff_ignore(TIFF *tiff, void *handle, const char *module, const char *format, va_list arguments) {
    (void)tiff;
    (void)handle;
    (void)module;
    (void)format;
    (void)arguments;
    return 1;
}

/* Opens a TIFF in memory; libtiff takes at most `largest` bytes at a time. The source must outlive what is returned; NULL where it is no TIFF. */
static inline TIFF *ctiff_open(ctiff_source *source, size_t largest) {
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (options == NULL) return NULL;
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)largest);
    TIFFOpenOptionsSetErrorHandlerExtR(options, ctiff_error, source);
    TIFFOpenOptionsSetWarningHandlerExtR(options, ctiff_ignore, source);
    TIFF *tiff = TIFFClientOpenExt(
        "image", "rm", source, ctiff_read, ctiff_write, ctiff_seek, ctiff_close, ctiff_size, NULL, NULL, options);
    TIFFOpenOptionsFree(options);
    return tiff;
}

/* A tag of one 16-bit or 32-bit number, or its default; `missing` where it has none. */
static inline unsigned int ctiff_short(TIFF *tiff, unsigned int tag, unsigned int missing) {
    uint16_t value = 0;
    return TIFFGetFieldDefaulted(tiff, tag, &value) ? value : missing;
}

static inline unsigned int ctiff_long(TIFF *tiff, unsigned int tag, unsigned int missing) {
    uint32_t value = 0;
    return TIFFGetFieldDefaulted(tiff, tag, &value) ? value : missing;
}

/* Copies a tag of `count` floating-point numbers, or its defaults. */
static inline void ctiff_floats(TIFF *tiff, unsigned int tag, float *values, size_t count) {
    float *all = NULL;
    if (TIFFGetFieldDefaulted(tiff, tag, &all) && all != NULL) memcpy(values, all, count * sizeof *values);
}

/* How many columns and rows share a Cb and a Cr; 0 where the file does not say it, and they are the default. */
static inline int ctiff_subsampling(TIFF *tiff, uint16_t *columns, uint16_t *rows) {
    if (TIFFGetField(tiff, TIFFTAG_YCBCRSUBSAMPLING, columns, rows)) return 1;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_YCBCRSUBSAMPLING, columns, rows);
    return 0;
}

/* The number of extra samples, and what the first `limit` of them are. */
static inline unsigned int ctiff_extra_samples(TIFF *tiff, unsigned short *kinds, unsigned int limit) {
    uint16_t count = 0;
    uint16_t *all = NULL;
    if (!TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &count, &all)) return 0;
    for (unsigned int i = 0; i < count && i < limit; i++) kinds[i] = all[i];
    return count;
}

/* The three columns of the palette, 2^bits values each; 0 where there is none. */
static inline int ctiff_palette(TIFF *tiff, uint16_t **red, uint16_t **green, uint16_t **blue) {
    return TIFFGetField(tiff, TIFFTAG_COLORMAP, red, green, blue);
}

#endif
