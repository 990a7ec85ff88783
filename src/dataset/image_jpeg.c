// JPEG by libjpeg-turbo: baseline and progressive, gray and color.
//
// libjpeg goes on after damage and fills the rest with gray, and says so only in a warning; a
// network would learn that. So a warning that means damage ends the decoding. Errors come by
// longjmp; what must survive it lives in struct decoder.

#include <setjmp.h>
#include <stdio.h> // jpeglib.h needs it
#include <stdlib.h>

#include <jpeglib.h>

#include <jerror.h>

#include "dataset/image_decoder.h"

// A block of 64 pixels takes at least two bits, in a progressive file one bit of its first scan
// with two more components sampled at a quarter: 512 pixels in a byte. Eight times that, because a
// picture of one color under arithmetic coding takes still less.
enum { PIXELS_PER_BYTE = 4096 };
// A progressive file may repeat its scans without end, each over all blocks. Usual are 10.
enum { SCANS_MAX = 64 };
#define MEMORY_MOST (1L << 30)

struct decoder {
    struct jpeg_error_mgr errors; // first: libjpeg knows only this part
    struct jpeg_progress_mgr progress;
    struct jpeg_decompress_struct jpeg;
    const struct pt_image_file *file;
    struct pt_image image;
    struct pt_error *error;
    enum pt_status status;
    jmp_buf failed;
};

static struct decoder *decoder_of(j_common_ptr jpeg)
{
    return (struct decoder *)(void *)jpeg->err;
}

static _Noreturn void give_up(struct decoder *decoder, enum pt_status status)
{
    decoder->status = status;
    longjmp(decoder->failed, 1);
}

static enum pt_status status_of(int message)
{
    switch (message) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE: // more memory than we allow
        return PT_NO_MEMORY;
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_ARITH_NOTIMPL:
    case JERR_NOT_COMPILED:
        return PT_UNSUPPORTED;
    default:
        return PT_CORRUPT;
    }
}

static _Noreturn void on_error(j_common_ptr jpeg)
{
    struct decoder *decoder = decoder_of(jpeg);
    char text[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, text);
    enum pt_status status = status_of(jpeg->err->msg_code);
    give_up(decoder, pt_fail(decoder->error, status, "%s: this JPEG file cannot be decoded: %s",
                             decoder->file->name, text));
}

// Level -1 is a warning, 0 and more are traces.
static void on_message(j_common_ptr jpeg, int level)
{
    int message = jpeg->err->msg_code;
    bool harmless = message == JWRN_EXTRANEOUS_DATA || message == JWRN_JFIF_MAJOR ||
                    message == JWRN_ADOBE_XFORM;
    if (level < 0 && !harmless)
        on_error(jpeg);
}

static void on_progress(j_common_ptr jpeg)
{
    struct decoder *decoder = decoder_of(jpeg);
    if (decoder->jpeg.input_scan_number > SCANS_MAX)
        give_up(decoder,
                pt_fail(decoder->error, PT_CORRUPT,
                        "%s: a JPEG file of more than %d scans is rather an attack than a picture",
                        decoder->file->name, SCANS_MAX));
}

static void start(struct decoder *decoder)
{
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    jpeg->err = jpeg_std_error(&decoder->errors);
    decoder->errors.error_exit = on_error;
    decoder->errors.emit_message = on_message;
    jpeg_create_decompress(jpeg);
    jpeg->mem->max_memory_to_use = MEMORY_MOST;
    decoder->progress.progress_monitor = on_progress;
    jpeg->progress = &decoder->progress;
    jpeg_mem_src(jpeg, decoder->file->bytes, (unsigned long)decoder->file->length);
}

static void read_header(struct decoder *decoder)
{
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    (void)jpeg_read_header(jpeg, TRUE);
    enum pt_status status = pt_image_check_size(
        decoder->file, jpeg->image_width, jpeg->image_height, PIXELS_PER_BYTE, decoder->error);
    if (status == PT_OK &&
        (jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK))
        status = pt_fail(decoder->error, PT_UNSUPPORTED,
                         "%s: colors for printing (CMYK), which have no one meaning on a screen; "
                         "convert it to RGB",
                         decoder->file->name);
    if (status != PT_OK)
        give_up(decoder, status);
    bool is_gray = jpeg->jpeg_color_space == JCS_GRAYSCALE;
    jpeg->out_color_space = is_gray ? JCS_GRAYSCALE : JCS_RGB;
    jpeg->dct_method = JDCT_ISLOW; // the exact one
}

static void read_pixels(struct decoder *decoder)
{
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    struct pt_image *image = &decoder->image;

    (void)jpeg_start_decompress(jpeg);
    image->height = jpeg->output_height;
    image->width = jpeg->output_width;
    image->channels = jpeg->output_components;
    enum pt_status status = pt_image_allocate(decoder->file, image, decoder->error);
    if (status != PT_OK)
        give_up(decoder, status);
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row =
            image->pixels + (int64_t)jpeg->output_scanline * image->width * image->channels;
        (void)jpeg_read_scanlines(jpeg, &row, 1);
    }
    (void)jpeg_finish_decompress(jpeg);
}

enum pt_status pt_image_decode_jpeg(const struct pt_image_file *file, struct pt_image *ret_image,
                                    struct pt_error *error)
{
    struct decoder decoder = {.file = file, .error = error};

    if (setjmp(decoder.failed) == 0) {
        start(&decoder);
        read_header(&decoder);
        read_pixels(&decoder);
    }
    jpeg_destroy_decompress(&decoder.jpeg);
    if (decoder.status != PT_OK) {
        pt_image_release(&decoder.image);
        return decoder.status;
    }
    *ret_image = decoder.image;
    return PT_OK;
}
