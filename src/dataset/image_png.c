// PNG by libpng.
//
// Not its simplified interface: that applies gamma, takes 16-bit files for linear light and blends
// alpha, so a file would give other bytes than the programs give that other people train with.
// Ancillary chunks are skipped unread: nothing in them counts, and compressed text can be a bomb.
// libpng reports errors by longjmp; what must survive it lives in struct decoder.

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "dataset/image_decoder.h"

// Deflate packs at most 1032 bytes into one, and a byte holds at most 8 pixels.
enum { PIXELS_PER_BYTE = 1032 * 8, SIDE_MAX = 65535 };

struct decoder {
    const struct pt_image_file *file;
    size_t offset; // of the next byte
    png_structp png;
    png_infop info;
    struct pt_image image;
    png_bytep *rows; // of an interlaced image
    struct pt_error *error;
    enum pt_status status;
    jmp_buf failed;
};

// Ends the decoding with status; the message stands already in error.
static _Noreturn void give_up(struct decoder *decoder, enum pt_status status)
{
    decoder->status = status;
    longjmp(decoder->failed, 1);
}

static _Noreturn void on_error(png_structp png, png_const_charp text)
{
    struct decoder *decoder = png_get_error_ptr(png);
    give_up(decoder, pt_fail(decoder->error, PT_CORRUPT, "%s: not a sound PNG file: %s",
                             decoder->file->name, text));
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text; // about ancillary chunks, or what we do not use
}

static void on_read(png_structp png, png_bytep bytes, size_t length)
{
    struct decoder *decoder = png_get_io_ptr(png);
    if (length > decoder->file->length - decoder->offset)
        png_error(png, "it ends early");
    memcpy(bytes, decoder->file->bytes + decoder->offset, length);
    decoder->offset += length;
}

static void start(struct decoder *decoder)
{
    decoder->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, decoder, on_error, on_warning);
    if (decoder->png != NULL)
        decoder->info = png_create_info_struct(decoder->png);
    if (decoder->info == NULL)
        give_up(decoder, pt_fail(decoder->error, PT_NO_MEMORY, "%s: no memory for the PNG decoder",
                                 decoder->file->name));
    png_set_read_fn(decoder->png, decoder, on_read);
    png_set_user_limits(decoder->png, SIDE_MAX, SIDE_MAX);
    png_set_keep_unknown_chunks(decoder->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
}

static void read_header(struct decoder *decoder)
{
    png_structp png = decoder->png;
    png_read_info(png, decoder->info);
    decoder->image.width = png_get_image_width(png, decoder->info);
    decoder->image.height = png_get_image_height(png, decoder->info);
    enum pt_status status =
        pt_image_check_size(decoder->file, decoder->image.width, decoder->image.height,
                            PIXELS_PER_BYTE, decoder->error);
    if (status != PT_OK)
        give_up(decoder, status);
}

// Whatever the file holds becomes 8 bits of gray or RGB.
static void ask_for_bytes(struct decoder *decoder)
{
    png_structp png = decoder->png;
    int color = png_get_color_type(png, decoder->info);
    if (color == PNG_COLOR_TYPE_PALETTE)
        png_set_palette_to_rgb(png);
    if (color == PNG_COLOR_TYPE_GRAY)
        png_set_expand_gray_1_2_4_to_8(png);
    png_set_scale_16(png);
    png_set_strip_alpha(png);
    (void)png_set_interlace_handling(png);
    png_read_update_info(png, decoder->info);
    decoder->image.channels = png_get_channels(png, decoder->info);
    if (png_get_rowbytes(png, decoder->info) !=
        (size_t)(decoder->image.width * decoder->image.channels))
        png_error(png, "its rows have another length than its colors say");
}

static void read_pixels(struct decoder *decoder)
{
    struct pt_image *image = &decoder->image;
    enum pt_status status = pt_image_allocate(decoder->file, image, decoder->error);
    if (status != PT_OK)
        give_up(decoder, status);
    decoder->rows = calloc((size_t)image->height, sizeof *decoder->rows);
    if (decoder->rows == NULL)
        give_up(decoder, pt_fail(decoder->error, PT_NO_MEMORY, "%s: no memory for its rows",
                                 decoder->file->name));
    for (int64_t y = 0; y < image->height; y++)
        decoder->rows[y] = image->pixels + y * image->width * image->channels;
    png_read_image(decoder->png, decoder->rows);
    png_read_end(decoder->png, NULL);
}

enum pt_status pt_image_decode_png(const struct pt_image_file *file, struct pt_image *ret_image,
                                   struct pt_error *error)
{
    struct decoder decoder = {.file = file, .error = error};

    if (setjmp(decoder.failed) == 0) {
        start(&decoder);
        read_header(&decoder);
        ask_for_bytes(&decoder);
        read_pixels(&decoder);
    }
    png_destroy_read_struct(&decoder.png, &decoder.info, NULL);
    free(decoder.rows);
    if (decoder.status != PT_OK) {
        pt_image_release(&decoder.image);
        return decoder.status;
    }
    *ret_image = decoder.image;
    return PT_OK;
}
