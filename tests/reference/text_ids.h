// Written by tests/reference/text_ids.py with HuggingFace tokenizers 0.23.3; do not edit.
// clang-format off
#ifndef REFERENCE_TEXT_IDS_H
#define REFERENCE_TEXT_IDS_H

#include <stdint.h>

enum { REFERENCE_TEXTS = 20 };

static const struct reference_text {
    int length;
    const char *bytes;
} reference_texts[REFERENCE_TEXTS] = {
    {0, ""},
    {1, " "},
    {70, "The quick brown fox jumps over the lazy dog, and the dog isn't amused."},
    {68, "Zw\303\266lf Boxk\303\244mpfer jagen Viktor quer \303\274ber den gro\303\237en Sylter Deic"
        "h."},
    {110, "\346\225\217\346\215\267\347\232\204\346\243\225\350\211\262\347\213\220\347\213\270\350"
        "\267\263\350\277\207\344\272\206\346\207\222\347\213\227\343\200\202\344\275\240\345\245\275"
        "\357\274\214\344\270\226\347\225\214\357\274\201\346\235\261\344\272\254\351\203\275\343"
        "\201\253\350\241\214\343\201\215\343\201\276\343\201\231\343\200\202\355\225\234\352\265\255"
        "\354\226\264 \353\254\270\354\236\245\354\236\205\353\213\210\353\213\244."},
    {109, "\330\247\331\204\330\253\330\271\331\204\330\250 \330\247\331\204\330\250\331\206\331\212 "
        "\330\247\331\204\330\263\330\261\331\212\330\271 \331\212\331\202\331\201\330\262 \331\201"
        "\331\210\331\202 \330\247\331\204\331\203\331\204\330\250 \330\247\331\204\331\203\330\263"
        "\331\210\331\204. \331\205\331\216\330\261\331\222\330\255\331\216\330\250\331\213\330\247"
        " \330\250\331\220\331\203\331\217\331\205\331\222"},
    {103, "\320\241\321\212\320\265\321\210\321\214 \320\266\320\265 \320\265\321\211\321\221 \321"
        "\215\321\202\320\270\321\205 \320\274\321\217\320\263\320\272\320\270\321\205 \321\204\321"
        "\200\320\260\320\275\321\206\321\203\320\267\321\201\320\272\320\270\321\205 \320\261\321\203"
        "\320\273\320\276\320\272, \320\264\320\260 \320\262\321\213\320\277\320\265\320\271 \321"
        "\207\320\260\321\216."},
    {80, "Family: \360\237\221\250\342\200\215\360\237\221\251\342\200\215\360\237\221\247\342\200"
        "\215\360\237\221\246, flag \360\237\207\251\360\237\207\252, thumbs \360\237\221\215\360\237"
        "\217\275, heart \342\235\244\357\270\217."},
    {77, "def main(argc):\012\011if argc > 1:\012\011\011return {'a': [1, 22, 333]}  # it's\012    p"
        "ass\015\012"},
    {64, "  leading, double  blanks,   three\012\012\012new lines \012 and trailing   "},
    {75, "1 12 123 1234 12345 3.14159 1,000,000 \302\275 \302\262 \342\205\247 \331\243\331\244\331"
        "\245 2026-11-24T10:48:45Z"},
    {53, "I'll we've THEY'RE he'd it'S 'tis l'\303\251t\303\251 \305\277'\305\277 DON'T"},
    {44, "caf\303\251 caf\303\251 \357\254\201ne \342\221\240\342\221\241 \303\205 \303\205 \341\272"
        "\233\314\243 \352\260\201 \352\260\201"},
    {60, "tab\011here\013vertical\014form nbsp ideographic\343\200\200zero\342\200\213width\357\273"
        "\277bom"},
    {79, "<|endoftext|> [MASK] <s>between</s>  <extra>x<extra> yesterday yesterdays TODAY"},
    {88, "http://example.org/a_b\?c=d&e=%20#f -- \"quoted\" (paren) [brackets] {braces} `~!@#$^*+=|"
        "\\;"},
    {3960, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"},
    {59, "\304\260stanbul D\304\260YARBAKIR Stra\303\237e \316\243\316\221\316\243 \317\202\317\203 "
        "na\303\257ve co\303\266perate"},
    {52, "\342\226\201already \342\226\201\342\226\201marked _under_ word_with_underscore"},
    {42, "unseen: \352\231\256 \360\220\215\210 \360\237\247\277 \342\200\256rtl\342\200\254 \340"
        "\275\200 \340\270\201\340\271\207"},
};

// Ids of the texts, one after the other; with ends of them by the post-processor.
static const struct reference_tokenizer {
    const char *name;
    int vocabulary;
    int counts[REFERENCE_TEXTS], special_counts[REFERENCE_TEXTS];
    const int32_t *ids, *special_ids;
    const char *decoded[REFERENCE_TEXTS]; // of ids, without special tokens
} reference_tokenizers[] = {
    {"gpt2", 500,
    {0, 1, 35, 36, 91, 55, 70, 40, 51, 35, 45, 32, 24, 35, 27, 55, 41, 36, 26, 38},
    {0, 1, 35, 36, 91, 55, 70, 40, 51, 35, 45, 32, 24, 35, 27, 55, 41, 36, 26, 38},
    (const int32_t[773]){
        221, 449, 386, 291, 75, 221, 464, 496, 78, 378, 347, 379, 85, 344, 83, 221, 497, 264,
        298, 460, 89, 403, 12, 407, 264, 403, 297, 83, 78, 415, 221, 303, 85, 83, 304, 14, 452,
        128, 115, 489, 221, 438, 485, 98, 344, 475, 379, 331, 276, 221, 450, 484, 281, 386, 272,
        318, 121, 466, 221, 470, 221, 477, 348, 254, 276, 376, 89, 490, 316, 472, 72, 14, 163,
        244, 238, 163, 236, 116, 164, 249, 227, 163, 97, 244, 165, 232, 111, 315, 239, 315, 117,
        165, 116, 112, 165, 124, 230, 370, 229, 163, 230, 241, 315, 246, 401, 161, 122, 255, 162,
        99, 122, 374, 235, 161, 117, 245, 164, 244, 235, 374, 224, 163, 252, 110, 370, 106, 166,
        226, 122, 296, 105, 165, 95, 235, 296, 236, 296, 123, 296, 248, 401, 170, 244, 251, 167,
        114, 256, 169, 245, 113, 221, 168, 106, 117, 373, 99, 373, 228, 372, 231, 372, 98, 14,
        285, 149, 105, 363, 390, 301, 282, 150, 229, 366, 301, 362, 361, 366, 363, 299, 233, 364,
        150, 224, 149, 111, 299, 224, 365, 364, 398, 390, 398, 362, 365, 273, 14, 299, 228, 367,
        361, 368, 149, 256, 367, 282, 150, 234, 277, 221, 282, 150, 239, 313, 150, 238, 150, 228,
        368, 141, 95, 142, 233, 310, 142, 231, 142, 235, 279, 115, 310, 279, 114, 142, 232, 142,
        240, 319, 236, 142, 225, 325, 279, 121, 142, 238, 141, 112, 400, 319, 227, 142, 223, 309,
        141, 122, 142, 229, 406, 116, 142, 224, 400, 279, 110, 406, 120, 141, 123, 311, 12, 279,
        113, 309, 279, 111, 142, 234, 141, 124, 310, 141, 118, 319, 230, 309, 142, 237, 14, 442,
        343, 89, 26, 384, 102, 323, 103, 323, 101, 323, 100, 12, 378, 491, 221, 391, 103, 391,
        104, 12, 389, 85, 493, 384, 236, 274, 238, 122, 12, 383, 280, 84, 300, 252, 98, 172, 117,
        238, 14, 338, 70, 221, 494, 8, 392, 417, 199, 198, 481, 221, 392, 221, 30, 278, 26, 199,
        198, 198, 293, 84, 85, 82, 78, 381, 7, 65, 411, 317, 17, 12, 221, 425, 12, 221, 327, 19,
        454, 221, 221, 3, 397, 414, 199, 393, 221, 80, 458, 83, 202, 199, 221, 298, 473, 396,
        12, 320, 85, 334, 69, 221, 221, 334, 287, 483, 12, 283, 389, 293, 69, 199, 199, 199, 345,
        87, 298, 292, 289, 221, 199, 407, 263, 275, 343, 396, 393, 17, 302, 324, 324, 20, 324,
        328, 221, 19, 14, 423, 424, 25, 278, 12, 394, 12, 394, 382, 122, 382, 111, 300, 228, 101,
        299, 97, 150, 98, 150, 99, 221, 326, 427, 13, 422, 13, 426, 52, 421, 26, 428, 26, 328,
        58, 41, 413, 76, 221, 353, 416, 377, 443, 7, 448, 383, 412, 397, 7, 51, 221, 7, 84, 482,
        298, 7, 294, 84, 294, 221, 358, 7, 358, 316, 446, 7, 52, 405, 221, 405, 221, 172, 106,
        224, 345, 300, 240, 255, 159, 240, 95, 402, 402, 221, 158, 119, 250, 137, 97, 388, 388,
        84, 457, 198, 262, 293, 200, 352, 84, 291, 332, 201, 476, 77, 380, 335, 80, 297, 338,
        498, 80, 480, 314, 223, 90, 272, 79, 295, 234, 354, 471, 172, 120, 124, 463, 77, 0, 317,
        445, 43, 61, 375, 83, 30, 467, 353, 276, 430, 83, 30, 221, 375, 395, 30, 88, 28, 395,
        30, 408, 408, 83, 377, 447, 479, 84, 80, 429, 290, 303, 80, 488, 14, 281, 71, 15, 65,
        63, 66, 31, 67, 29, 68, 6, 69, 432, 326, 3, 70, 221, 419, 221, 2, 305, 495, 304, 2, 221,
        8, 80, 280, 276, 9, 317, 404, 487, 83, 61, 381, 404, 289, 93, 221, 456, 409, 410, 455,
        433, 453, 270, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271,
        271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271,
        271, 271, 271, 271, 271, 271, 264, 357, 83, 84, 287, 465, 76, 316, 357, 451, 439, 444,
        376, 307, 128, 254, 69, 221, 359, 139, 240, 359, 221, 140, 225, 140, 226, 380, 461, 108,
        351, 221, 469, 115, 499, 459, 69, 369, 332, 293, 329, 89, 300, 322, 369, 492, 486, 221,
        63, 350, 63, 221, 87, 281, 68, 63, 354, 349, 63, 350, 83, 468, 69, 85, 78, 83, 69, 276,
        26, 221, 167, 248, 107, 221, 173, 239, 236, 231, 221, 274, 101, 124, 221, 295, 107, 82,
        84, 76, 295, 106, 221, 157, 122, 223, 221, 157, 117, 224, 157, 118, 230,
    },
    (const int32_t[773]){
        221, 449, 386, 291, 75, 221, 464, 496, 78, 378, 347, 379, 85, 344, 83, 221, 497, 264,
        298, 460, 89, 403, 12, 407, 264, 403, 297, 83, 78, 415, 221, 303, 85, 83, 304, 14, 452,
        128, 115, 489, 221, 438, 485, 98, 344, 475, 379, 331, 276, 221, 450, 484, 281, 386, 272,
        318, 121, 466, 221, 470, 221, 477, 348, 254, 276, 376, 89, 490, 316, 472, 72, 14, 163,
        244, 238, 163, 236, 116, 164, 249, 227, 163, 97, 244, 165, 232, 111, 315, 239, 315, 117,
        165, 116, 112, 165, 124, 230, 370, 229, 163, 230, 241, 315, 246, 401, 161, 122, 255, 162,
        99, 122, 374, 235, 161, 117, 245, 164, 244, 235, 374, 224, 163, 252, 110, 370, 106, 166,
        226, 122, 296, 105, 165, 95, 235, 296, 236, 296, 123, 296, 248, 401, 170, 244, 251, 167,
        114, 256, 169, 245, 113, 221, 168, 106, 117, 373, 99, 373, 228, 372, 231, 372, 98, 14,
        285, 149, 105, 363, 390, 301, 282, 150, 229, 366, 301, 362, 361, 366, 363, 299, 233, 364,
        150, 224, 149, 111, 299, 224, 365, 364, 398, 390, 398, 362, 365, 273, 14, 299, 228, 367,
        361, 368, 149, 256, 367, 282, 150, 234, 277, 221, 282, 150, 239, 313, 150, 238, 150, 228,
        368, 141, 95, 142, 233, 310, 142, 231, 142, 235, 279, 115, 310, 279, 114, 142, 232, 142,
        240, 319, 236, 142, 225, 325, 279, 121, 142, 238, 141, 112, 400, 319, 227, 142, 223, 309,
        141, 122, 142, 229, 406, 116, 142, 224, 400, 279, 110, 406, 120, 141, 123, 311, 12, 279,
        113, 309, 279, 111, 142, 234, 141, 124, 310, 141, 118, 319, 230, 309, 142, 237, 14, 442,
        343, 89, 26, 384, 102, 323, 103, 323, 101, 323, 100, 12, 378, 491, 221, 391, 103, 391,
        104, 12, 389, 85, 493, 384, 236, 274, 238, 122, 12, 383, 280, 84, 300, 252, 98, 172, 117,
        238, 14, 338, 70, 221, 494, 8, 392, 417, 199, 198, 481, 221, 392, 221, 30, 278, 26, 199,
        198, 198, 293, 84, 85, 82, 78, 381, 7, 65, 411, 317, 17, 12, 221, 425, 12, 221, 327, 19,
        454, 221, 221, 3, 397, 414, 199, 393, 221, 80, 458, 83, 202, 199, 221, 298, 473, 396,
        12, 320, 85, 334, 69, 221, 221, 334, 287, 483, 12, 283, 389, 293, 69, 199, 199, 199, 345,
        87, 298, 292, 289, 221, 199, 407, 263, 275, 343, 396, 393, 17, 302, 324, 324, 20, 324,
        328, 221, 19, 14, 423, 424, 25, 278, 12, 394, 12, 394, 382, 122, 382, 111, 300, 228, 101,
        299, 97, 150, 98, 150, 99, 221, 326, 427, 13, 422, 13, 426, 52, 421, 26, 428, 26, 328,
        58, 41, 413, 76, 221, 353, 416, 377, 443, 7, 448, 383, 412, 397, 7, 51, 221, 7, 84, 482,
        298, 7, 294, 84, 294, 221, 358, 7, 358, 316, 446, 7, 52, 405, 221, 405, 221, 172, 106,
        224, 345, 300, 240, 255, 159, 240, 95, 402, 402, 221, 158, 119, 250, 137, 97, 388, 388,
        84, 457, 198, 262, 293, 200, 352, 84, 291, 332, 201, 476, 77, 380, 335, 80, 297, 338,
        498, 80, 480, 314, 223, 90, 272, 79, 295, 234, 354, 471, 172, 120, 124, 463, 77, 0, 317,
        445, 43, 61, 375, 83, 30, 467, 353, 276, 430, 83, 30, 221, 375, 395, 30, 88, 28, 395,
        30, 408, 408, 83, 377, 447, 479, 84, 80, 429, 290, 303, 80, 488, 14, 281, 71, 15, 65,
        63, 66, 31, 67, 29, 68, 6, 69, 432, 326, 3, 70, 221, 419, 221, 2, 305, 495, 304, 2, 221,
        8, 80, 280, 276, 9, 317, 404, 487, 83, 61, 381, 404, 289, 93, 221, 456, 409, 410, 455,
        433, 453, 270, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271,
        271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271,
        271, 271, 271, 271, 271, 271, 264, 357, 83, 84, 287, 465, 76, 316, 357, 451, 439, 444,
        376, 307, 128, 254, 69, 221, 359, 139, 240, 359, 221, 140, 225, 140, 226, 380, 461, 108,
        351, 221, 469, 115, 499, 459, 69, 369, 332, 293, 329, 89, 300, 322, 369, 492, 486, 221,
        63, 350, 63, 221, 87, 281, 68, 63, 354, 349, 63, 350, 83, 468, 69, 85, 78, 83, 69, 276,
        26, 221, 167, 248, 107, 221, 173, 239, 236, 231, 221, 274, 101, 124, 221, 295, 107, 82,
        84, 76, 295, 106, 221, 157, 122, 223, 221, 157, 117, 224, 157, 118, 230,
    },
    {
        "",
        " ",
        "The quick brown fox jumps over the lazy dog, and the dog isn't amused.",
        "Zw\303\266lf Boxk\303\244mpfer jagen Viktor quer \303\274ber den gro\303\237en Sylter Deic"
        "h.",
        "\346\225\217\346\215\267\347\232\204\346\243\225\350\211\262\347\213\220\347\213\270\350"
        "\267\263\350\277\207\344\272\206\346\207\222\347\213\227\343\200\202\344\275\240\345\245\275"
        "\357\274\214\344\270\226\347\225\214\357\274\201\346\235\261\344\272\254\351\203\275\343"
        "\201\253\350\241\214\343\201\215\343\201\276\343\201\231\343\200\202\355\225\234\352\265\255"
        "\354\226\264 \353\254\270\354\236\245\354\236\205\353\213\210\353\213\244.",
        "\330\247\331\204\330\253\330\271\331\204\330\250 \330\247\331\204\330\250\331\206\331\212 "
        "\330\247\331\204\330\263\330\261\331\212\330\271 \331\212\331\202\331\201\330\262 \331\201"
        "\331\210\331\202 \330\247\331\204\331\203\331\204\330\250 \330\247\331\204\331\203\330\263"
        "\331\210\331\204. \331\205\331\216\330\261\331\222\330\255\331\216\330\250\331\213\330\247"
        " \330\250\331\220\331\203\331\217\331\205\331\222",
        "\320\241\321\212\320\265\321\210\321\214 \320\266\320\265 \320\265\321\211\321\221 \321"
        "\215\321\202\320\270\321\205 \320\274\321\217\320\263\320\272\320\270\321\205 \321\204\321"
        "\200\320\260\320\275\321\206\321\203\320\267\321\201\320\272\320\270\321\205 \320\261\321\203"
        "\320\273\320\276\320\272, \320\264\320\260 \320\262\321\213\320\277\320\265\320\271 \321"
        "\207\320\260\321\216.",
        "Family: \360\237\221\250\342\200\215\360\237\221\251\342\200\215\360\237\221\247\342\200"
        "\215\360\237\221\246, flag \360\237\207\251\360\237\207\252, thumbs \360\237\221\215\360\237"
        "\217\275, heart \342\235\244\357\270\217.",
        "def main(argc):\012\011if argc > 1:\012\011\011return {'a': [1, 22, 333]}  # it's\012    p"
        "ass\015\012",
        "  leading, double  blanks,   three\012\012\012new lines \012 and trailing   ",
        "1 12 123 1234 12345 3.14159 1,000,000 \302\275 \302\262 \342\205\247 \331\243\331\244\331"
        "\245 2026-11-24T10:48:45Z",
        "I'll we've THEY'RE he'd it'S 'tis l'\303\251t\303\251 \305\277'\305\277 DON'T",
        "caf\303\251 caf\303\251 \357\254\201ne \342\221\240\342\221\241 \303\205 \303\205 \341\272"
        "\233\314\243 \352\260\201 \352\260\201",
        "tab\011here\013vertical\014form nbsp ideographic\343\200\200zero\342\200\213width\357\273"
        "\277bom",
        " [MASK] <s>between</s>  <extra>x<extra> yesterday yesterdays TODAY",
        "http://example.org/a_b\?c=d&e=%20#f -- \"quoted\" (paren) [brackets] {braces} `~!@#$^*+=|"
        "\\;",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the",
        "\304\260stanbul D\304\260YARBAKIR Stra\303\237e \316\243\316\221\316\243 \317\202\317\203 "
        "na\303\257ve co\303\266perate",
        "\342\226\201already \342\226\201\342\226\201marked _under_ word_with_underscore",
        "unseen: \352\231\256 \360\220\215\210 \360\237\247\277 \342\200\256rtl\342\200\254 \340"
        "\275\200 \340\270\201\340\271\207",
    }},
    {"gpt2-prefix", 400,
    {0, 1, 42, 48, 94, 55, 72, 44, 61, 39, 52, 41, 29, 42, 46, 73, 42, 46, 29, 39},
    {0, 1, 42, 48, 94, 55, 72, 44, 61, 39, 52, 41, 29, 42, 46, 73, 42, 46, 29, 39},
    (const int32_t[895]){
        220, 318, 261, 383, 292, 74, 220, 65, 81, 78, 86, 77, 375, 347, 376, 84, 344, 82, 220,
        78, 352, 263, 299, 64, 89, 88, 390, 11, 382, 67, 263, 390, 298, 82, 77, 6, 83, 220, 302,
        84, 82, 303, 13, 220, 57, 86, 127, 114, 75, 69, 220, 33, 347, 74, 127, 97, 344, 69, 271,
        376, 333, 277, 220, 53, 72, 74, 83, 280, 383, 271, 321, 120, 65, 271, 282, 277, 220, 70,
        81, 348, 253, 277, 374, 88, 75, 306, 317, 68, 292, 71, 13, 220, 162, 243, 237, 162, 235,
        115, 163, 248, 226, 162, 96, 243, 164, 231, 110, 315, 238, 315, 116, 164, 115, 111, 164,
        123, 229, 369, 228, 162, 229, 240, 315, 245, 314, 224, 160, 121, 254, 161, 98, 121, 373,
        234, 160, 116, 244, 163, 243, 234, 373, 223, 162, 251, 109, 369, 105, 165, 225, 121, 297,
        104, 164, 94, 234, 297, 235, 297, 122, 297, 247, 314, 224, 169, 243, 250, 166, 113, 255,
        168, 244, 112, 220, 167, 105, 116, 372, 98, 372, 227, 371, 230, 371, 97, 13, 287, 148,
        104, 363, 387, 287, 281, 149, 228, 366, 287, 362, 361, 366, 363, 300, 232, 364, 149, 223,
        148, 110, 300, 223, 365, 364, 393, 387, 393, 362, 365, 272, 13, 300, 227, 367, 361, 368,
        148, 255, 367, 281, 149, 233, 278, 220, 281, 149, 238, 313, 149, 237, 149, 227, 368, 276,
        94, 141, 232, 310, 141, 230, 141, 234, 276, 114, 310, 276, 113, 141, 231, 141, 239, 322,
        235, 141, 224, 327, 276, 120, 141, 237, 140, 111, 399, 322, 226, 141, 222, 309, 140, 121,
        141, 228, 360, 140, 115, 141, 223, 399, 276, 109, 360, 140, 119, 140, 122, 311, 11, 276,
        112, 309, 276, 110, 141, 233, 140, 123, 310, 140, 117, 322, 229, 309, 141, 236, 13, 220,
        37, 302, 343, 88, 25, 381, 101, 325, 102, 325, 100, 325, 99, 11, 375, 75, 333, 220, 388,
        102, 388, 103, 11, 386, 84, 76, 337, 381, 235, 273, 237, 121, 11, 380, 279, 83, 283, 251,
        97, 171, 116, 237, 13, 282, 68, 69, 220, 76, 64, 293, 7, 389, 8, 25, 198, 197, 72, 69,
        220, 389, 220, 29, 275, 25, 198, 197, 197, 294, 83, 84, 81, 77, 378, 6, 64, 6, 25, 319,
        16, 11, 220, 17, 17, 11, 220, 329, 18, 60, 92, 220, 220, 2, 397, 6, 82, 198, 392, 220,
        79, 64, 82, 82, 201, 198, 220, 299, 68, 331, 396, 11, 282, 78, 84, 336, 68, 220, 220,
        336, 289, 74, 82, 11, 284, 386, 294, 68, 198, 198, 198, 345, 86, 299, 293, 290, 220, 198,
        382, 67, 262, 274, 343, 396, 392, 275, 301, 326, 326, 19, 326, 330, 220, 18, 13, 16, 19,
        16, 20, 24, 275, 11, 394, 11, 394, 379, 121, 379, 110, 283, 227, 100, 300, 96, 149, 97,
        149, 98, 220, 328, 17, 21, 12, 16, 16, 12, 17, 19, 51, 16, 15, 25, 19, 23, 25, 330, 57,
        220, 40, 6, 75, 75, 220, 353, 6, 351, 318, 39, 36, 56, 6, 49, 36, 380, 6, 67, 397, 6,
        50, 220, 6, 83, 72, 82, 299, 6, 295, 83, 295, 220, 358, 6, 358, 317, 46, 45, 6, 51, 320,
        332, 295, 320, 332, 295, 220, 171, 105, 223, 345, 283, 239, 254, 158, 239, 94, 321, 227,
        321, 227, 220, 157, 118, 249, 136, 96, 385, 385, 262, 64, 65, 197, 261, 294, 199, 352,
        83, 292, 334, 200, 69, 280, 76, 377, 337, 79, 298, 67, 68, 304, 274, 79, 71, 292, 314,
        222, 89, 271, 78, 296, 233, 354, 67, 349, 171, 119, 123, 65, 78, 76, 316, 91, 277, 67,
        78, 69, 83, 291, 83, 91, 29, 319, 44, 32, 50, 42, 60, 316, 82, 29, 65, 341, 353, 277,
        27, 14, 82, 29, 220, 316, 395, 29, 87, 27, 395, 29, 384, 398, 384, 398, 82, 318, 46, 35,
        32, 56, 220, 71, 83, 83, 79, 25, 14, 14, 291, 302, 79, 75, 68, 13, 280, 70, 14, 64, 62,
        65, 30, 66, 28, 67, 5, 68, 28, 4, 328, 2, 69, 220, 12, 12, 220, 1, 305, 78, 83, 303, 1,
        220, 7, 79, 279, 277, 8, 319, 338, 66, 74, 341, 82, 60, 378, 338, 66, 290, 92, 220, 63,
        93, 0, 31, 2, 3, 61, 9, 10, 28, 91, 59, 26, 220, 269, 270, 270, 270, 270, 270, 270, 270,
        270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270,
        270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 263, 220, 357, 82,
        83, 289, 65, 84, 75, 317, 357, 56, 32, 49, 33, 32, 42, 40, 49, 374, 307, 127, 253, 68,
        220, 359, 138, 239, 359, 220, 139, 224, 139, 225, 377, 64, 127, 107, 351, 320, 348, 114,
        79, 271, 64, 83, 68, 391, 334, 294, 331, 88, 391, 158, 324, 76, 279, 74, 303, 220, 62,
        350, 62, 220, 86, 280, 67, 62, 354, 349, 62, 350, 82, 66, 280, 68, 220, 84, 77, 82, 68,
        277, 25, 220, 166, 247, 106, 220, 172, 238, 235, 230, 220, 273, 100, 123, 283, 222, 106,
        81, 83, 75, 296, 105, 220, 156, 121, 222, 220, 156, 116, 223, 156, 117, 229,
    },
    (const int32_t[895]){
        220, 318, 261, 383, 292, 74, 220, 65, 81, 78, 86, 77, 375, 347, 376, 84, 344, 82, 220,
        78, 352, 263, 299, 64, 89, 88, 390, 11, 382, 67, 263, 390, 298, 82, 77, 6, 83, 220, 302,
        84, 82, 303, 13, 220, 57, 86, 127, 114, 75, 69, 220, 33, 347, 74, 127, 97, 344, 69, 271,
        376, 333, 277, 220, 53, 72, 74, 83, 280, 383, 271, 321, 120, 65, 271, 282, 277, 220, 70,
        81, 348, 253, 277, 374, 88, 75, 306, 317, 68, 292, 71, 13, 220, 162, 243, 237, 162, 235,
        115, 163, 248, 226, 162, 96, 243, 164, 231, 110, 315, 238, 315, 116, 164, 115, 111, 164,
        123, 229, 369, 228, 162, 229, 240, 315, 245, 314, 224, 160, 121, 254, 161, 98, 121, 373,
        234, 160, 116, 244, 163, 243, 234, 373, 223, 162, 251, 109, 369, 105, 165, 225, 121, 297,
        104, 164, 94, 234, 297, 235, 297, 122, 297, 247, 314, 224, 169, 243, 250, 166, 113, 255,
        168, 244, 112, 220, 167, 105, 116, 372, 98, 372, 227, 371, 230, 371, 97, 13, 287, 148,
        104, 363, 387, 287, 281, 149, 228, 366, 287, 362, 361, 366, 363, 300, 232, 364, 149, 223,
        148, 110, 300, 223, 365, 364, 393, 387, 393, 362, 365, 272, 13, 300, 227, 367, 361, 368,
        148, 255, 367, 281, 149, 233, 278, 220, 281, 149, 238, 313, 149, 237, 149, 227, 368, 276,
        94, 141, 232, 310, 141, 230, 141, 234, 276, 114, 310, 276, 113, 141, 231, 141, 239, 322,
        235, 141, 224, 327, 276, 120, 141, 237, 140, 111, 399, 322, 226, 141, 222, 309, 140, 121,
        141, 228, 360, 140, 115, 141, 223, 399, 276, 109, 360, 140, 119, 140, 122, 311, 11, 276,
        112, 309, 276, 110, 141, 233, 140, 123, 310, 140, 117, 322, 229, 309, 141, 236, 13, 220,
        37, 302, 343, 88, 25, 381, 101, 325, 102, 325, 100, 325, 99, 11, 375, 75, 333, 220, 388,
        102, 388, 103, 11, 386, 84, 76, 337, 381, 235, 273, 237, 121, 11, 380, 279, 83, 283, 251,
        97, 171, 116, 237, 13, 282, 68, 69, 220, 76, 64, 293, 7, 389, 8, 25, 198, 197, 72, 69,
        220, 389, 220, 29, 275, 25, 198, 197, 197, 294, 83, 84, 81, 77, 378, 6, 64, 6, 25, 319,
        16, 11, 220, 17, 17, 11, 220, 329, 18, 60, 92, 220, 220, 2, 397, 6, 82, 198, 392, 220,
        79, 64, 82, 82, 201, 198, 220, 299, 68, 331, 396, 11, 282, 78, 84, 336, 68, 220, 220,
        336, 289, 74, 82, 11, 284, 386, 294, 68, 198, 198, 198, 345, 86, 299, 293, 290, 220, 198,
        382, 67, 262, 274, 343, 396, 392, 275, 301, 326, 326, 19, 326, 330, 220, 18, 13, 16, 19,
        16, 20, 24, 275, 11, 394, 11, 394, 379, 121, 379, 110, 283, 227, 100, 300, 96, 149, 97,
        149, 98, 220, 328, 17, 21, 12, 16, 16, 12, 17, 19, 51, 16, 15, 25, 19, 23, 25, 330, 57,
        220, 40, 6, 75, 75, 220, 353, 6, 351, 318, 39, 36, 56, 6, 49, 36, 380, 6, 67, 397, 6,
        50, 220, 6, 83, 72, 82, 299, 6, 295, 83, 295, 220, 358, 6, 358, 317, 46, 45, 6, 51, 320,
        332, 295, 320, 332, 295, 220, 171, 105, 223, 345, 283, 239, 254, 158, 239, 94, 321, 227,
        321, 227, 220, 157, 118, 249, 136, 96, 385, 385, 262, 64, 65, 197, 261, 294, 199, 352,
        83, 292, 334, 200, 69, 280, 76, 377, 337, 79, 298, 67, 68, 304, 274, 79, 71, 292, 314,
        222, 89, 271, 78, 296, 233, 354, 67, 349, 171, 119, 123, 65, 78, 76, 316, 91, 277, 67,
        78, 69, 83, 291, 83, 91, 29, 319, 44, 32, 50, 42, 60, 316, 82, 29, 65, 341, 353, 277,
        27, 14, 82, 29, 220, 316, 395, 29, 87, 27, 395, 29, 384, 398, 384, 398, 82, 318, 46, 35,
        32, 56, 220, 71, 83, 83, 79, 25, 14, 14, 291, 302, 79, 75, 68, 13, 280, 70, 14, 64, 62,
        65, 30, 66, 28, 67, 5, 68, 28, 4, 328, 2, 69, 220, 12, 12, 220, 1, 305, 78, 83, 303, 1,
        220, 7, 79, 279, 277, 8, 319, 338, 66, 74, 341, 82, 60, 378, 338, 66, 290, 92, 220, 63,
        93, 0, 31, 2, 3, 61, 9, 10, 28, 91, 59, 26, 220, 269, 270, 270, 270, 270, 270, 270, 270,
        270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270,
        270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 263, 220, 357, 82,
        83, 289, 65, 84, 75, 317, 357, 56, 32, 49, 33, 32, 42, 40, 49, 374, 307, 127, 253, 68,
        220, 359, 138, 239, 359, 220, 139, 224, 139, 225, 377, 64, 127, 107, 351, 320, 348, 114,
        79, 271, 64, 83, 68, 391, 334, 294, 331, 88, 391, 158, 324, 76, 279, 74, 303, 220, 62,
        350, 62, 220, 86, 280, 67, 62, 354, 349, 62, 350, 82, 66, 280, 68, 220, 84, 77, 82, 68,
        277, 25, 220, 166, 247, 106, 220, 172, 238, 235, 230, 220, 273, 100, 123, 283, 222, 106,
        81, 83, 75, 296, 105, 220, 156, 121, 222, 220, 156, 116, 223, 156, 117, 229,
    },
    {
        "",
        " ",
        " The quick brown fox jumps over the lazy dog, and the dog isn't amused.",
        " Zw\303\266lf Boxk\303\244mpfer jagen Viktor quer \303\274ber den gro\303\237en Sylter Dei"
        "ch.",
        " \346\225\217\346\215\267\347\232\204\346\243\225\350\211\262\347\213\220\347\213\270\350"
        "\267\263\350\277\207\344\272\206\346\207\222\347\213\227\343\200\202\344\275\240\345\245"
        "\275\357\274\214\344\270\226\347\225\214\357\274\201\346\235\261\344\272\254\351\203\275\343"
        "\201\253\350\241\214\343\201\215\343\201\276\343\201\231\343\200\202\355\225\234\352\265"
        "\255\354\226\264 \353\254\270\354\236\245\354\236\205\353\213\210\353\213\244.",
        " \330\247\331\204\330\253\330\271\331\204\330\250 \330\247\331\204\330\250\331\206\331\212"
        " \330\247\331\204\330\263\330\261\331\212\330\271 \331\212\331\202\331\201\330\262 \331"
        "\201\331\210\331\202 \330\247\331\204\331\203\331\204\330\250 \330\247\331\204\331\203\330"
        "\263\331\210\331\204. \331\205\331\216\330\261\331\222\330\255\331\216\330\250\331\213\330"
        "\247 \330\250\331\220\331\203\331\217\331\205\331\222",
        " \320\241\321\212\320\265\321\210\321\214 \320\266\320\265 \320\265\321\211\321\221 \321"
        "\215\321\202\320\270\321\205 \320\274\321\217\320\263\320\272\320\270\321\205 \321\204\321"
        "\200\320\260\320\275\321\206\321\203\320\267\321\201\320\272\320\270\321\205 \320\261\321"
        "\203\320\273\320\276\320\272, \320\264\320\260 \320\262\321\213\320\277\320\265\320\271 \321"
        "\207\320\260\321\216.",
        " Family: \360\237\221\250\342\200\215\360\237\221\251\342\200\215\360\237\221\247\342\200"
        "\215\360\237\221\246, flag \360\237\207\251\360\237\207\252, thumbs \360\237\221\215\360"
        "\237\217\275, heart \342\235\244\357\270\217.",
        " def main(argc):\012\011if argc > 1:\012\011\011return {'a': [1, 22, 333]}  # it's\012    "
        "pass\015\012",
        "  leading, double  blanks,   three\012\012\012new lines \012 and trailing   ",
        " 1 12 123 1234 12345 3.14159 1,000,000 \302\275 \302\262 \342\205\247 \331\243\331\244\331"
        "\245 2026-11-24T10:48:45Z",
        " I'll we've THEY'RE he'd it'S 'tis l'\303\251t\303\251 \305\277'\305\277 DON'T",
        " caf\303\251 caf\303\251 \357\254\201ne \342\221\240\342\221\241 \303\205 \303\205 \341"
        "\272\233\314\243 \352\260\201 \352\260\201",
        " tab\011here\013vertical\014form nbsp ideographic\343\200\200zero\342\200\213width\357\273"
        "\277bom",
        " <|endoftext|> [MASK] <s>between</s>  <extra>x<extra> yesterday yesterdays TODAY",
        " http://example.org/a_b\?c=d&e=%20#f -- \"quoted\" (paren) [brackets] {braces} `~!@#$^*+=|"
        "\\;",
        " aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa th"
        "eaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa th"
        "eaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa th"
        "eaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa th"
        "e",
        " \304\260stanbul D\304\260YARBAKIR Stra\303\237e \316\243\316\221\316\243 \317\202\317\203"
        " na\303\257ve co\303\266perate",
        " \342\226\201already \342\226\201\342\226\201marked _under_ word_with_underscore",
        " unseen: \352\231\256 \360\220\215\210 \360\237\247\277 \342\200\256rtl\342\200\254 \340"
        "\275\200 \340\270\201\340\271\207",
    }},
    {"llama3", 601,
    {0, 1, 31, 31, 72, 52, 56, 31, 46, 33, 51, 26, 20, 30, 25, 45, 41, 29, 22, 38},
    {1, 2, 32, 32, 73, 53, 57, 32, 47, 34, 52, 27, 21, 31, 26, 46, 42, 30, 23, 39},
    (const int32_t[680]){
        221, 463, 387, 291, 75, 221, 481, 512, 78, 380, 347, 381, 532, 83, 221, 513, 264, 298,
        477, 89, 404, 12, 408, 264, 404, 297, 521, 421, 221, 300, 534, 14, 466, 594, 221, 453,
        501, 545, 491, 381, 331, 276, 221, 464, 500, 280, 387, 272, 317, 582, 221, 486, 221, 493,
        348, 254, 276, 378, 536, 315, 488, 72, 14, 163, 244, 238, 163, 236, 573, 249, 227, 163,
        542, 165, 232, 563, 239, 314, 575, 574, 589, 371, 229, 163, 230, 241, 314, 246, 402, 161,
        585, 162, 546, 375, 235, 161, 577, 164, 244, 235, 375, 224, 163, 252, 560, 557, 226, 586,
        554, 540, 296, 236, 296, 587, 248, 402, 170, 244, 251, 167, 568, 169, 245, 113, 221, 168,
        556, 374, 547, 228, 373, 231, 373, 98, 14, 284, 149, 555, 391, 299, 281, 150, 229, 311,
        299, 362, 361, 311, 363, 221, 311, 365, 364, 149, 111, 221, 364, 367, 365, 399, 391, 399,
        362, 367, 273, 14, 221, 366, 368, 361, 369, 149, 256, 368, 281, 150, 234, 277, 221, 281,
        150, 239, 310, 150, 238, 366, 369, 141, 539, 233, 307, 142, 231, 142, 235, 278, 569, 278,
        567, 232, 142, 240, 318, 236, 142, 225, 323, 278, 581, 238, 141, 565, 318, 227, 142, 223,
        306, 141, 584, 229, 407, 572, 224, 401, 278, 561, 580, 588, 12, 278, 566, 278, 562, 234,
        141, 590, 599, 318, 230, 306, 142, 237, 14, 457, 343, 89, 26, 385, 550, 551, 549, 548,
        380, 507, 221, 392, 552, 553, 390, 533, 385, 236, 274, 238, 583, 384, 279, 84, 221, 159,
        252, 544, 576, 14, 338, 70, 221, 510, 425, 426, 198, 497, 221, 393, 221, 30, 221, 17,
        328, 198, 198, 293, 526, 520, 383, 7, 65, 414, 316, 17, 12, 221, 435, 12, 221, 326, 19,
        468, 221, 221, 3, 398, 420, 199, 394, 221, 517, 83, 202, 199, 221, 298, 489, 397, 12,
        319, 531, 69, 221, 221, 334, 287, 499, 12, 282, 390, 293, 69, 376, 199, 345, 87, 298,
        292, 289, 221, 199, 408, 263, 275, 343, 397, 394, 17, 221, 286, 221, 321, 221, 321, 20,
        221, 321, 327, 221, 19, 14, 434, 17, 438, 221, 17, 12, 395, 12, 395, 221, 592, 221, 591,
        221, 159, 228, 101, 221, 150, 541, 543, 99, 221, 325, 18, 22, 13, 433, 13, 436, 52, 432,
        26, 437, 26, 327, 58, 41, 419, 76, 221, 353, 423, 379, 458, 415, 37, 384, 418, 398, 416,
        221, 7, 530, 298, 422, 528, 221, 358, 424, 315, 461, 417, 406, 221, 406, 221, 172, 558,
        345, 221, 370, 255, 370, 95, 403, 403, 221, 158, 578, 595, 389, 389, 529, 198, 262, 293,
        200, 352, 527, 332, 201, 492, 77, 382, 335, 80, 297, 338, 514, 518, 313, 223, 537, 79,
        295, 234, 354, 487, 172, 579, 480, 77, 600, 316, 460, 43, 61, 377, 83, 446, 341, 353,
        276, 440, 83, 30, 221, 377, 396, 447, 442, 30, 409, 409, 83, 379, 462, 495, 525, 439,
        290, 300, 519, 429, 71, 431, 470, 448, 444, 413, 443, 325, 412, 221, 428, 221, 2, 302,
        511, 301, 2, 221, 8, 516, 276, 9, 316, 405, 503, 83, 61, 383, 405, 289, 93, 221, 473,
        410, 411, 469, 445, 467, 270, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271,
        271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271,
        271, 271, 271, 271, 271, 271, 271, 271, 271, 264, 357, 522, 287, 482, 76, 315, 357, 465,
        454, 459, 378, 304, 593, 69, 221, 359, 596, 359, 221, 597, 598, 382, 478, 559, 221, 485,
        571, 476, 69, 324, 332, 293, 329, 89, 221, 324, 324, 508, 502, 221, 63, 350, 63, 221,
        535, 68, 472, 349, 471, 524, 69, 85, 78, 83, 69, 276, 26, 221, 167, 248, 107, 221, 173,
        239, 236, 231, 221, 274, 101, 124, 221, 295, 107, 82, 84, 76, 295, 106, 221, 157, 122,
        223, 221, 157, 117, 224, 157, 118, 230,
    },
    (const int32_t[700]){
        0, 0, 221, 0, 463, 387, 291, 75, 221, 481, 512, 78, 380, 347, 381, 532, 83, 221, 513,
        264, 298, 477, 89, 404, 12, 408, 264, 404, 297, 521, 421, 221, 300, 534, 14, 0, 466, 594,
        221, 453, 501, 545, 491, 381, 331, 276, 221, 464, 500, 280, 387, 272, 317, 582, 221, 486,
        221, 493, 348, 254, 276, 378, 536, 315, 488, 72, 14, 0, 163, 244, 238, 163, 236, 573,
        249, 227, 163, 542, 165, 232, 563, 239, 314, 575, 574, 589, 371, 229, 163, 230, 241, 314,
        246, 402, 161, 585, 162, 546, 375, 235, 161, 577, 164, 244, 235, 375, 224, 163, 252, 560,
        557, 226, 586, 554, 540, 296, 236, 296, 587, 248, 402, 170, 244, 251, 167, 568, 169, 245,
        113, 221, 168, 556, 374, 547, 228, 373, 231, 373, 98, 14, 0, 284, 149, 555, 391, 299,
        281, 150, 229, 311, 299, 362, 361, 311, 363, 221, 311, 365, 364, 149, 111, 221, 364, 367,
        365, 399, 391, 399, 362, 367, 273, 14, 221, 366, 368, 361, 369, 149, 256, 368, 281, 150,
        234, 277, 221, 281, 150, 239, 310, 150, 238, 366, 369, 0, 141, 539, 233, 307, 142, 231,
        142, 235, 278, 569, 278, 567, 232, 142, 240, 318, 236, 142, 225, 323, 278, 581, 238, 141,
        565, 318, 227, 142, 223, 306, 141, 584, 229, 407, 572, 224, 401, 278, 561, 580, 588, 12,
        278, 566, 278, 562, 234, 141, 590, 599, 318, 230, 306, 142, 237, 14, 0, 457, 343, 89,
        26, 385, 550, 551, 549, 548, 380, 507, 221, 392, 552, 553, 390, 533, 385, 236, 274, 238,
        583, 384, 279, 84, 221, 159, 252, 544, 576, 14, 0, 338, 70, 221, 510, 425, 426, 198, 497,
        221, 393, 221, 30, 221, 17, 328, 198, 198, 293, 526, 520, 383, 7, 65, 414, 316, 17, 12,
        221, 435, 12, 221, 326, 19, 468, 221, 221, 3, 398, 420, 199, 394, 221, 517, 83, 202, 199,
        0, 221, 298, 489, 397, 12, 319, 531, 69, 221, 221, 334, 287, 499, 12, 282, 390, 293, 69,
        376, 199, 345, 87, 298, 292, 289, 221, 199, 408, 263, 275, 343, 397, 394, 0, 17, 221,
        286, 221, 321, 221, 321, 20, 221, 321, 327, 221, 19, 14, 434, 17, 438, 221, 17, 12, 395,
        12, 395, 221, 592, 221, 591, 221, 159, 228, 101, 221, 150, 541, 543, 99, 221, 325, 18,
        22, 13, 433, 13, 436, 52, 432, 26, 437, 26, 327, 58, 0, 41, 419, 76, 221, 353, 423, 379,
        458, 415, 37, 384, 418, 398, 416, 221, 7, 530, 298, 422, 528, 221, 358, 424, 315, 461,
        417, 0, 406, 221, 406, 221, 172, 558, 345, 221, 370, 255, 370, 95, 403, 403, 221, 158,
        578, 595, 389, 389, 0, 529, 198, 262, 293, 200, 352, 527, 332, 201, 492, 77, 382, 335,
        80, 297, 338, 514, 518, 313, 223, 537, 79, 295, 234, 354, 487, 172, 579, 480, 77, 0, 600,
        316, 460, 43, 61, 377, 83, 446, 341, 353, 276, 440, 83, 30, 221, 377, 396, 447, 442, 30,
        409, 409, 83, 379, 462, 0, 495, 525, 439, 290, 300, 519, 429, 71, 431, 470, 448, 444,
        413, 443, 325, 412, 221, 428, 221, 2, 302, 511, 301, 2, 221, 8, 516, 276, 9, 316, 405,
        503, 83, 61, 383, 405, 289, 93, 221, 473, 410, 411, 469, 445, 467, 0, 270, 271, 271, 271,
        271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271,
        271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271, 271,
        264, 0, 357, 522, 287, 482, 76, 315, 357, 465, 454, 459, 378, 304, 593, 69, 221, 359,
        596, 359, 221, 597, 598, 382, 478, 559, 221, 485, 571, 476, 69, 0, 324, 332, 293, 329,
        89, 221, 324, 324, 508, 502, 221, 63, 350, 63, 221, 535, 68, 472, 349, 471, 524, 69, 0,
        85, 78, 83, 69, 276, 26, 221, 167, 248, 107, 221, 173, 239, 236, 231, 221, 274, 101, 124,
        221, 295, 107, 82, 84, 76, 295, 106, 221, 157, 122, 223, 221, 157, 117, 224, 157, 118,
        230,
    },
    {
        "",
        " ",
        "The quick brown fox jumps over the lazy dog, and the dog isn't amused.",
        "Zw\303\266lf Boxk\303\244mpfer jagen Viktor quer \303\274ber den gro\303\237en Sylter Deic"
        "h.",
        "\346\225\217\346\215\267\347\232\204\346\243\225\350\211\262\347\213\220\347\213\270\350"
        "\267\263\350\277\207\344\272\206\346\207\222\347\213\227\343\200\202\344\275\240\345\245\275"
        "\357\274\214\344\270\226\347\225\214\357\274\201\346\235\261\344\272\254\351\203\275\343"
        "\201\253\350\241\214\343\201\215\343\201\276\343\201\231\343\200\202\355\225\234\352\265\255"
        "\354\226\264 \353\254\270\354\236\245\354\236\205\353\213\210\353\213\244.",
        "\330\247\331\204\330\253\330\271\331\204\330\250 \330\247\331\204\330\250\331\206\331\212 "
        "\330\247\331\204\330\263\330\261\331\212\330\271 \331\212\331\202\331\201\330\262 \331\201"
        "\331\210\331\202 \330\247\331\204\331\203\331\204\330\250 \330\247\331\204\331\203\330\263"
        "\331\210\331\204. \331\205\331\216\330\261\331\222\330\255\331\216\330\250\331\213\330\247"
        " \330\250\331\220\331\203\331\217\331\205\331\222",
        "\320\241\321\212\320\265\321\210\321\214 \320\266\320\265 \320\265\321\211\321\221 \321"
        "\215\321\202\320\270\321\205 \320\274\321\217\320\263\320\272\320\270\321\205 \321\204\321"
        "\200\320\260\320\275\321\206\321\203\320\267\321\201\320\272\320\270\321\205 \320\261\321\203"
        "\320\273\320\276\320\272, \320\264\320\260 \320\262\321\213\320\277\320\265\320\271 \321"
        "\207\320\260\321\216.",
        "Family: \360\237\221\250\342\200\215\360\237\221\251\342\200\215\360\237\221\247\342\200"
        "\215\360\237\221\246, flag \360\237\207\251\360\237\207\252, thumbs \360\237\221\215\360\237"
        "\217\275, heart \342\235\244\357\270\217.",
        "def main(argc):\012\011if argc > 1:\012\011\011return {'a': [1, 22, 333]}  # it's\012    p"
        "ass\015\012",
        "  leading, double  blanks,   three\012\012\012new lines \012 and trailing   ",
        "1 12 123 1234 12345 3.14159 1,000,000 \302\275 \302\262 \342\205\247 \331\243\331\244\331"
        "\245 2026-11-24T10:48:45Z",
        "I'll we've THEY'RE he'd it'S 'tis l'\303\251t\303\251 \305\277'\305\277 DON'T",
        "caf\303\251 caf\303\251 \357\254\201ne \342\221\240\342\221\241 \303\205 \303\205 \341\272"
        "\233\314\243 \352\260\201 \352\260\201",
        "tab\011here\013vertical\014form nbsp ideographic\343\200\200zero\342\200\213width\357\273"
        "\277bom",
        " [MASK] <s>between</s>  <extra>x<extra> yesterday yesterdays TODAY",
        "http://example.org/a_b\?c=d&e=%20#f -- \"quoted\" (paren) [brackets] {braces} `~!@#$^*+=|"
        "\\;",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the",
        "\304\260stanbul D\304\260YARBAKIR Stra\303\237e \316\243\316\221\316\243 \317\202\317\203 "
        "na\303\257ve co\303\266perate",
        "\342\226\201already \342\226\201\342\226\201marked _under_ word_with_underscore",
        "unseen: \352\231\256 \360\220\215\210 \360\237\247\277 \342\200\256rtl\342\200\254 \340"
        "\275\200 \340\270\201\340\271\207",
    }},
    {"qwen2", 602,
    {0, 1, 31, 31, 72, 48, 46, 31, 48, 33, 70, 26, 20, 30, 23, 46, 41, 29, 22, 38},
    {0, 1, 31, 31, 72, 48, 46, 31, 48, 33, 70, 26, 20, 30, 23, 46, 41, 29, 22, 38},
    (const int32_t[686]){
        220, 448, 380, 288, 74, 220, 466, 497, 77, 373, 340, 374, 517, 82, 220, 498, 263, 295,
        462, 88, 396, 11, 400, 263, 396, 294, 506, 413, 220, 297, 519, 13, 451, 577, 220, 438,
        486, 528, 476, 374, 324, 275, 220, 449, 485, 279, 380, 271, 314, 565, 220, 471, 220, 478,
        341, 253, 275, 371, 521, 312, 473, 71, 13, 162, 243, 237, 162, 235, 556, 248, 226, 162,
        526, 164, 231, 546, 238, 311, 558, 557, 572, 364, 228, 162, 229, 240, 311, 245, 394, 160,
        568, 161, 529, 368, 234, 160, 560, 163, 243, 234, 368, 223, 162, 251, 543, 540, 225, 569,
        537, 525, 293, 235, 293, 570, 247, 394, 169, 243, 250, 166, 551, 168, 244, 112, 220, 167,
        539, 367, 530, 227, 366, 230, 366, 97, 13, 283, 595, 384, 296, 280, 599, 308, 296, 355,
        354, 308, 356, 220, 308, 358, 357, 593, 220, 357, 360, 358, 391, 384, 391, 355, 360, 272,
        13, 220, 359, 361, 354, 362, 594, 361, 280, 149, 233, 276, 220, 280, 149, 238, 307, 149,
        237, 359, 362, 583, 232, 304, 589, 590, 277, 552, 277, 550, 231, 592, 315, 235, 588, 319,
        277, 564, 237, 584, 315, 226, 587, 303, 585, 228, 399, 555, 223, 393, 277, 544, 563, 571,
        11, 277, 549, 277, 545, 233, 586, 582, 315, 229, 303, 591, 13, 442, 336, 88, 25, 378,
        533, 534, 532, 531, 373, 492, 220, 385, 535, 536, 383, 518, 378, 235, 273, 237, 566, 377,
        278, 83, 220, 158, 251, 527, 559, 13, 331, 69, 220, 495, 417, 418, 197, 482, 220, 386,
        220, 29, 220, 16, 321, 197, 197, 290, 511, 505, 376, 6, 64, 406, 313, 16, 11, 220, 17,
        17, 11, 220, 18, 18, 18, 453, 220, 220, 2, 390, 412, 198, 387, 220, 502, 82, 201, 198,
        220, 295, 474, 389, 11, 316, 516, 68, 220, 220, 327, 284, 484, 11, 281, 383, 290, 68,
        369, 198, 338, 86, 295, 289, 286, 220, 198, 400, 262, 274, 336, 389, 387, 16, 220, 16,
        17, 220, 16, 17, 18, 220, 16, 17, 18, 19, 220, 16, 17, 18, 19, 20, 220, 18, 13, 16, 19,
        16, 20, 24, 220, 16, 11, 15, 15, 15, 11, 15, 15, 15, 220, 575, 220, 574, 220, 158, 227,
        100, 220, 596, 597, 598, 220, 17, 15, 17, 21, 12, 16, 16, 12, 17, 19, 51, 16, 15, 25,
        19, 23, 25, 19, 20, 57, 40, 411, 75, 220, 346, 415, 372, 443, 407, 36, 377, 410, 390,
        408, 220, 6, 515, 295, 414, 513, 220, 351, 416, 312, 446, 409, 398, 220, 398, 220, 171,
        541, 338, 220, 363, 254, 363, 94, 395, 395, 220, 157, 561, 578, 382, 382, 514, 197, 261,
        290, 199, 345, 512, 325, 200, 477, 76, 375, 328, 79, 294, 331, 499, 503, 310, 222, 522,
        78, 292, 233, 347, 472, 171, 562, 465, 76, 600, 313, 445, 42, 60, 370, 82, 431, 334, 346,
        275, 425, 82, 29, 281, 601, 87, 601, 401, 401, 82, 372, 447, 480, 510, 424, 287, 297,
        504, 421, 70, 423, 455, 433, 429, 405, 428, 17, 15, 404, 220, 420, 220, 1, 299, 496, 298,
        1, 220, 7, 501, 275, 8, 313, 397, 488, 82, 60, 376, 397, 286, 92, 220, 458, 402, 403,
        454, 430, 452, 269, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270,
        270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270,
        270, 270, 270, 270, 270, 270, 270, 263, 350, 507, 284, 467, 75, 312, 350, 450, 439, 444,
        371, 301, 576, 68, 220, 352, 579, 352, 220, 580, 581, 375, 463, 542, 220, 470, 554, 461,
        68, 320, 325, 290, 322, 88, 220, 320, 320, 493, 487, 220, 62, 343, 62, 220, 520, 67, 457,
        342, 456, 509, 68, 84, 77, 82, 68, 275, 25, 220, 166, 247, 106, 220, 172, 238, 235, 230,
        220, 273, 100, 123, 220, 292, 106, 81, 83, 75, 292, 105, 220, 156, 121, 222, 220, 156,
        116, 223, 156, 117, 229,
    },
    (const int32_t[686]){
        220, 448, 380, 288, 74, 220, 466, 497, 77, 373, 340, 374, 517, 82, 220, 498, 263, 295,
        462, 88, 396, 11, 400, 263, 396, 294, 506, 413, 220, 297, 519, 13, 451, 577, 220, 438,
        486, 528, 476, 374, 324, 275, 220, 449, 485, 279, 380, 271, 314, 565, 220, 471, 220, 478,
        341, 253, 275, 371, 521, 312, 473, 71, 13, 162, 243, 237, 162, 235, 556, 248, 226, 162,
        526, 164, 231, 546, 238, 311, 558, 557, 572, 364, 228, 162, 229, 240, 311, 245, 394, 160,
        568, 161, 529, 368, 234, 160, 560, 163, 243, 234, 368, 223, 162, 251, 543, 540, 225, 569,
        537, 525, 293, 235, 293, 570, 247, 394, 169, 243, 250, 166, 551, 168, 244, 112, 220, 167,
        539, 367, 530, 227, 366, 230, 366, 97, 13, 283, 595, 384, 296, 280, 599, 308, 296, 355,
        354, 308, 356, 220, 308, 358, 357, 593, 220, 357, 360, 358, 391, 384, 391, 355, 360, 272,
        13, 220, 359, 361, 354, 362, 594, 361, 280, 149, 233, 276, 220, 280, 149, 238, 307, 149,
        237, 359, 362, 583, 232, 304, 589, 590, 277, 552, 277, 550, 231, 592, 315, 235, 588, 319,
        277, 564, 237, 584, 315, 226, 587, 303, 585, 228, 399, 555, 223, 393, 277, 544, 563, 571,
        11, 277, 549, 277, 545, 233, 586, 582, 315, 229, 303, 591, 13, 442, 336, 88, 25, 378,
        533, 534, 532, 531, 373, 492, 220, 385, 535, 536, 383, 518, 378, 235, 273, 237, 566, 377,
        278, 83, 220, 158, 251, 527, 559, 13, 331, 69, 220, 495, 417, 418, 197, 482, 220, 386,
        220, 29, 220, 16, 321, 197, 197, 290, 511, 505, 376, 6, 64, 406, 313, 16, 11, 220, 17,
        17, 11, 220, 18, 18, 18, 453, 220, 220, 2, 390, 412, 198, 387, 220, 502, 82, 201, 198,
        220, 295, 474, 389, 11, 316, 516, 68, 220, 220, 327, 284, 484, 11, 281, 383, 290, 68,
        369, 198, 338, 86, 295, 289, 286, 220, 198, 400, 262, 274, 336, 389, 387, 16, 220, 16,
        17, 220, 16, 17, 18, 220, 16, 17, 18, 19, 220, 16, 17, 18, 19, 20, 220, 18, 13, 16, 19,
        16, 20, 24, 220, 16, 11, 15, 15, 15, 11, 15, 15, 15, 220, 575, 220, 574, 220, 158, 227,
        100, 220, 596, 597, 598, 220, 17, 15, 17, 21, 12, 16, 16, 12, 17, 19, 51, 16, 15, 25,
        19, 23, 25, 19, 20, 57, 40, 411, 75, 220, 346, 415, 372, 443, 407, 36, 377, 410, 390,
        408, 220, 6, 515, 295, 414, 513, 220, 351, 416, 312, 446, 409, 398, 220, 398, 220, 171,
        541, 338, 220, 363, 254, 363, 94, 395, 395, 220, 157, 561, 578, 382, 382, 514, 197, 261,
        290, 199, 345, 512, 325, 200, 477, 76, 375, 328, 79, 294, 331, 499, 503, 310, 222, 522,
        78, 292, 233, 347, 472, 171, 562, 465, 76, 600, 313, 445, 42, 60, 370, 82, 431, 334, 346,
        275, 425, 82, 29, 281, 601, 87, 601, 401, 401, 82, 372, 447, 480, 510, 424, 287, 297,
        504, 421, 70, 423, 455, 433, 429, 405, 428, 17, 15, 404, 220, 420, 220, 1, 299, 496, 298,
        1, 220, 7, 501, 275, 8, 313, 397, 488, 82, 60, 376, 397, 286, 92, 220, 458, 402, 403,
        454, 430, 452, 269, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270,
        270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270, 270,
        270, 270, 270, 270, 270, 270, 270, 263, 350, 507, 284, 467, 75, 312, 350, 450, 439, 444,
        371, 301, 576, 68, 220, 352, 579, 352, 220, 580, 581, 375, 463, 542, 220, 470, 554, 461,
        68, 320, 325, 290, 322, 88, 220, 320, 320, 493, 487, 220, 62, 343, 62, 220, 520, 67, 457,
        342, 456, 509, 68, 84, 77, 82, 68, 275, 25, 220, 166, 247, 106, 220, 172, 238, 235, 230,
        220, 273, 100, 123, 220, 292, 106, 81, 83, 75, 292, 105, 220, 156, 121, 222, 220, 156,
        116, 223, 156, 117, 229,
    },
    {
        "",
        " ",
        "The quick brown fox jumps over the lazy dog, and the dog isn't amused.",
        "Zw\303\266lf Boxk\303\244mpfer jagen Viktor quer \303\274ber den gro\303\237en Sylter Deic"
        "h.",
        "\346\225\217\346\215\267\347\232\204\346\243\225\350\211\262\347\213\220\347\213\270\350"
        "\267\263\350\277\207\344\272\206\346\207\222\347\213\227\343\200\202\344\275\240\345\245\275"
        "\357\274\214\344\270\226\347\225\214\357\274\201\346\235\261\344\272\254\351\203\275\343"
        "\201\253\350\241\214\343\201\215\343\201\276\343\201\231\343\200\202\355\225\234\352\265\255"
        "\354\226\264 \353\254\270\354\236\245\354\236\205\353\213\210\353\213\244.",
        "\330\247\331\204\330\253\330\271\331\204\330\250 \330\247\331\204\330\250\331\206\331\212 "
        "\330\247\331\204\330\263\330\261\331\212\330\271 \331\212\331\202\331\201\330\262 \331\201"
        "\331\210\331\202 \330\247\331\204\331\203\331\204\330\250 \330\247\331\204\331\203\330\263"
        "\331\210\331\204. \331\205\331\216\330\261\331\222\330\255\331\216\330\250\331\213\330\247"
        " \330\250\331\220\331\203\331\217\331\205\331\222",
        "\320\241\321\212\320\265\321\210\321\214 \320\266\320\265 \320\265\321\211\321\221 \321"
        "\215\321\202\320\270\321\205 \320\274\321\217\320\263\320\272\320\270\321\205 \321\204\321"
        "\200\320\260\320\275\321\206\321\203\320\267\321\201\320\272\320\270\321\205 \320\261\321\203"
        "\320\273\320\276\320\272, \320\264\320\260 \320\262\321\213\320\277\320\265\320\271 \321"
        "\207\320\260\321\216.",
        "Family: \360\237\221\250\342\200\215\360\237\221\251\342\200\215\360\237\221\247\342\200"
        "\215\360\237\221\246, flag \360\237\207\251\360\237\207\252, thumbs \360\237\221\215\360\237"
        "\217\275, heart \342\235\244\357\270\217.",
        "def main(argc):\012\011if argc > 1:\012\011\011return {'a': [1, 22, 333]}  # it's\012    p"
        "ass\015\012",
        "  leading, double  blanks,   three\012\012\012new lines \012 and trailing   ",
        "1 12 123 1234 12345 3.14159 1,000,000 \302\275 \302\262 \342\205\247 \331\243\331\244\331"
        "\245 2026-11-24T10:48:45Z",
        "I'll we've THEY'RE he'd it'S 'tis l'\303\251t\303\251 \305\277'\305\277 DON'T",
        "caf\303\251 caf\303\251 \357\254\201ne \342\221\240\342\221\241 \303\205 \303\205 \341\272"
        "\233\314\243 \352\260\201 \352\260\201",
        "tab\011here\013vertical\014form nbsp ideographic\343\200\200zero\342\200\213width\357\273"
        "\277bom",
        " [MASK] <s>between</s>  <extra>x<extra> yesterday yesterdays TODAY",
        "http://example.org/a_b\?c=d&e=%20#f -- \"quoted\" (paren) [brackets] {braces} `~!@#$^*+=|"
        "\\;",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the",
        "\304\260stanbul D\304\260YARBAKIR Stra\303\237e \316\243\316\221\316\243 \317\202\317\203 "
        "na\303\257ve co\303\266perate",
        "\342\226\201already \342\226\201\342\226\201marked _under_ word_with_underscore",
        "unseen: \352\231\256 \360\220\215\210 \360\237\247\277 \342\200\256rtl\342\200\254 \340"
        "\275\200 \340\270\201\340\271\207",
    }},
    {"llama2", 700,
    {0, 2, 22, 38, 111, 69, 93, 63, 29, 21, 38, 25, 35, 30, 28, 47, 41, 44, 10, 41},
    {1, 3, 23, 39, 112, 70, 94, 64, 30, 22, 39, 26, 36, 31, 29, 48, 42, 45, 11, 42},
    (const int32_t[787]){
        318, 318, 621, 638, 608, 297, 648, 318, 109, 545, 302, 567, 326, 354, 285, 125, 308, 663,
        418, 326, 419, 588, 661, 265, 318, 93, 306, 198, 185, 394, 318, 69, 396, 294, 198, 167,
        359, 501, 318, 109, 475, 338, 318, 89, 293, 513, 339, 636, 318, 198, 191, 286, 334, 583,
        565, 298, 198, 162, 338, 646, 620, 505, 318, 233, 152, 146, 233, 144, 186, 234, 157, 135,
        233, 166, 152, 235, 140, 181, 234, 142, 147, 234, 142, 187, 235, 186, 182, 235, 194, 138,
        231, 189, 137, 233, 138, 149, 234, 142, 154, 230, 131, 133, 231, 192, 163, 232, 168, 192,
        242, 191, 143, 231, 187, 153, 234, 152, 143, 242, 191, 132, 233, 160, 180, 231, 189, 175,
        236, 134, 192, 230, 132, 174, 235, 164, 143, 230, 132, 144, 230, 132, 193, 230, 132, 156,
        230, 131, 133, 240, 152, 159, 237, 184, 176, 239, 153, 183, 318, 238, 175, 187, 239, 161,
        168, 239, 161, 136, 238, 142, 139, 238, 142, 167, 265, 343, 219, 174, 219, 188, 553, 343,
        314, 220, 137, 317, 343, 219, 182, 219, 180, 317, 219, 188, 556, 220, 133, 220, 132, 219,
        181, 318, 220, 132, 220, 139, 220, 133, 667, 343, 315, 219, 182, 220, 139, 316, 265, 318,
        220, 136, 220, 145, 219, 180, 220, 149, 219, 176, 220, 145, 314, 220, 142, 313, 412, 220,
        147, 315, 220, 146, 220, 136, 220, 149, 318, 211, 164, 212, 141, 311, 212, 139, 212, 143,
        318, 211, 185, 311, 355, 212, 140, 212, 148, 318, 212, 144, 212, 133, 211, 187, 212, 136,
        318, 211, 191, 212, 146, 211, 182, 312, 211, 187, 212, 136, 318, 212, 135, 212, 131, 310,
        211, 192, 212, 137, 212, 134, 211, 186, 212, 132, 312, 211, 187, 212, 136, 318, 211, 180,
        212, 134, 211, 190, 211, 193, 312, 263, 318, 211, 183, 310, 318, 211, 181, 212, 142, 211,
        194, 311, 211, 188, 318, 212, 138, 310, 212, 145, 265, 318, 73, 285, 296, 643, 318, 243,
        162, 148, 171, 229, 131, 144, 243, 162, 148, 172, 229, 131, 144, 243, 162, 148, 170, 229,
        131, 144, 243, 162, 148, 169, 263, 649, 318, 243, 162, 138, 172, 243, 162, 138, 173, 263,
        659, 318, 243, 162, 148, 144, 243, 162, 146, 192, 263, 658, 318, 229, 160, 167, 242, 187,
        146, 265, 584, 650, 43, 594, 44, 639, 579, 555, 575, 672, 531, 318, 126, 262, 482, 624,
        563, 692, 128, 318, 405, 665, 318, 318, 318, 652, 302, 16, 260, 318, 318, 611, 668, 585,
        486, 318, 607, 686, 318, 318, 660, 673, 612, 554, 418, 570, 642, 318, 318, 318, 336, 356,
        374, 427, 427, 56, 695, 56, 60, 576, 428, 318, 197, 192, 318, 197, 181, 318, 229, 136,
        170, 318, 220, 166, 220, 167, 220, 168, 558, 269, 57, 445, 674, 455, 59, 380, 56, 93,
        318, 76, 262, 517, 632, 367, 75, 72, 471, 72, 657, 664, 604, 610, 541, 318, 200, 194,
        262, 200, 194, 366, 82, 81, 439, 432, 432, 318, 242, 175, 132, 297, 289, 318, 229, 148,
        163, 229, 148, 164, 318, 198, 136, 318, 198, 136, 318, 228, 189, 158, 207, 166, 318, 237,
        179, 132, 318, 237, 179, 132, 571, 433, 351, 14, 402, 542, 285, 295, 15, 290, 581, 629,
        299, 586, 613, 230, 131, 131, 125, 334, 298, 229, 131, 142, 306, 511, 242, 190, 194, 680,
        365, 127, 580, 500, 347, 303, 127, 275, 368, 80, 467, 78, 283, 318, 1, 353, 390, 548,
        2, 318, 318, 616, 549, 430, 670, 367, 82, 469, 697, 644, 504, 472, 66, 287, 274, 288,
        41, 289, 274, 40, 378, 436, 562, 318, 37, 361, 525, 358, 37, 318, 43, 299, 593, 44, 626,
        688, 318, 126, 487, 346, 128, 318, 99, 129, 36, 67, 261, 39, 97, 45, 46, 274, 127, 95,
        62, 557, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333,
        333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333,
        333, 333, 333, 333, 333, 326, 318, 199, 179, 535, 641, 295, 366, 199, 179, 470, 69, 276,
        78, 76, 278, 407, 363, 198, 162, 289, 318, 209, 166, 209, 148, 209, 166, 318, 210, 133,
        210, 134, 370, 285, 198, 178, 401, 369, 298, 198, 185, 299, 573, 289, 318, 578, 640, 318,
        318, 651, 694, 633, 684, 289, 318, 304, 297, 302, 495, 272, 318, 237, 156, 177, 318, 243,
        147, 144, 139, 318, 243, 162, 170, 194, 318, 229, 131, 177, 301, 303, 295, 229, 131, 175,
        318, 227, 192, 131, 318, 227, 187, 132, 227, 188, 138,
    },
    (const int32_t[807]){
        1, 1, 318, 318, 1, 621, 638, 608, 297, 648, 318, 109, 545, 302, 567, 326, 354, 285, 125,
        308, 663, 418, 326, 419, 588, 661, 265, 1, 318, 93, 306, 198, 185, 394, 318, 69, 396,
        294, 198, 167, 359, 501, 318, 109, 475, 338, 318, 89, 293, 513, 339, 636, 318, 198, 191,
        286, 334, 583, 565, 298, 198, 162, 338, 646, 620, 505, 1, 318, 233, 152, 146, 233, 144,
        186, 234, 157, 135, 233, 166, 152, 235, 140, 181, 234, 142, 147, 234, 142, 187, 235, 186,
        182, 235, 194, 138, 231, 189, 137, 233, 138, 149, 234, 142, 154, 230, 131, 133, 231, 192,
        163, 232, 168, 192, 242, 191, 143, 231, 187, 153, 234, 152, 143, 242, 191, 132, 233, 160,
        180, 231, 189, 175, 236, 134, 192, 230, 132, 174, 235, 164, 143, 230, 132, 144, 230, 132,
        193, 230, 132, 156, 230, 131, 133, 240, 152, 159, 237, 184, 176, 239, 153, 183, 318, 238,
        175, 187, 239, 161, 168, 239, 161, 136, 238, 142, 139, 238, 142, 167, 265, 1, 343, 219,
        174, 219, 188, 553, 343, 314, 220, 137, 317, 343, 219, 182, 219, 180, 317, 219, 188, 556,
        220, 133, 220, 132, 219, 181, 318, 220, 132, 220, 139, 220, 133, 667, 343, 315, 219, 182,
        220, 139, 316, 265, 318, 220, 136, 220, 145, 219, 180, 220, 149, 219, 176, 220, 145, 314,
        220, 142, 313, 412, 220, 147, 315, 220, 146, 220, 136, 220, 149, 1, 318, 211, 164, 212,
        141, 311, 212, 139, 212, 143, 318, 211, 185, 311, 355, 212, 140, 212, 148, 318, 212, 144,
        212, 133, 211, 187, 212, 136, 318, 211, 191, 212, 146, 211, 182, 312, 211, 187, 212, 136,
        318, 212, 135, 212, 131, 310, 211, 192, 212, 137, 212, 134, 211, 186, 212, 132, 312, 211,
        187, 212, 136, 318, 211, 180, 212, 134, 211, 190, 211, 193, 312, 263, 318, 211, 183, 310,
        318, 211, 181, 212, 142, 211, 194, 311, 211, 188, 318, 212, 138, 310, 212, 145, 265, 1,
        318, 73, 285, 296, 643, 318, 243, 162, 148, 171, 229, 131, 144, 243, 162, 148, 172, 229,
        131, 144, 243, 162, 148, 170, 229, 131, 144, 243, 162, 148, 169, 263, 649, 318, 243, 162,
        138, 172, 243, 162, 138, 173, 263, 659, 318, 243, 162, 148, 144, 243, 162, 146, 192, 263,
        658, 318, 229, 160, 167, 242, 187, 146, 265, 1, 584, 650, 43, 594, 44, 639, 579, 555,
        575, 672, 531, 318, 126, 262, 482, 624, 563, 692, 128, 318, 405, 665, 318, 318, 318, 652,
        302, 16, 260, 1, 318, 318, 611, 668, 585, 486, 318, 607, 686, 318, 318, 660, 673, 612,
        554, 418, 570, 642, 318, 318, 318, 1, 336, 356, 374, 427, 427, 56, 695, 56, 60, 576, 428,
        318, 197, 192, 318, 197, 181, 318, 229, 136, 170, 318, 220, 166, 220, 167, 220, 168, 558,
        269, 57, 445, 674, 455, 59, 380, 56, 93, 1, 318, 76, 262, 517, 632, 367, 75, 72, 471,
        72, 657, 664, 604, 610, 541, 318, 200, 194, 262, 200, 194, 366, 82, 81, 439, 1, 432, 432,
        318, 242, 175, 132, 297, 289, 318, 229, 148, 163, 229, 148, 164, 318, 198, 136, 318, 198,
        136, 318, 228, 189, 158, 207, 166, 318, 237, 179, 132, 318, 237, 179, 132, 1, 571, 433,
        351, 14, 402, 542, 285, 295, 15, 290, 581, 629, 299, 586, 613, 230, 131, 131, 125, 334,
        298, 229, 131, 142, 306, 511, 242, 190, 194, 680, 1, 365, 127, 580, 500, 347, 303, 127,
        275, 368, 80, 467, 78, 283, 318, 1, 353, 390, 548, 2, 318, 318, 616, 549, 430, 670, 367,
        82, 469, 1, 697, 644, 504, 472, 66, 287, 274, 288, 41, 289, 274, 40, 378, 436, 562, 318,
        37, 361, 525, 358, 37, 318, 43, 299, 593, 44, 626, 688, 318, 126, 487, 346, 128, 318,
        99, 129, 36, 67, 261, 39, 97, 45, 46, 274, 127, 95, 62, 1, 557, 333, 333, 333, 333, 333,
        333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333,
        333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 326, 1,
        318, 199, 179, 535, 641, 295, 366, 199, 179, 470, 69, 276, 78, 76, 278, 407, 363, 198,
        162, 289, 318, 209, 166, 209, 148, 209, 166, 318, 210, 133, 210, 134, 370, 285, 198, 178,
        401, 369, 298, 198, 185, 299, 573, 289, 1, 318, 578, 640, 318, 318, 651, 694, 633, 684,
        289, 1, 318, 304, 297, 302, 495, 272, 318, 237, 156, 177, 318, 243, 147, 144, 139, 318,
        243, 162, 170, 194, 318, 229, 131, 177, 301, 303, 295, 229, 131, 175, 318, 227, 192, 131,
        318, 227, 187, 132, 227, 188, 138,
    },
    {
        "",
        " ",
        "The quick brown fox umps over the lay dog, and the dog isn't amused.",
        "wlf oxkmpfer agen iktor quer ber den groen Sylter Deich.",
        " .",
        "\330\247\331\204\331\204\330\250 \330\247\331\204\330\250\331\212 \330\247\331\204\331\212"
        " \331\212  \330\247\331\204\331\203\331\204\330\250 \330\247\331\204\331\203\331\204. \330"
        "\250\330\247 \330\250\331\203",
        "\320\265 \320\265 \320\265  \320\272 \320\260\320\272 \320\272, \320\260 \320\265 \320\260"
        ".",
        "amily: , flag , thumbs , heart .",
        "def mainargc:\012\011if argc > 1:\012\011\011return 'a': [1, 22, 333]  # it's\012    pass"
        "\012",
        "  leading, double  blanks,   three\012\012\012new lines \012 and trailing   ",
        "1 12 123 1234 1234 3.141 1,000,000     202-11-24T10:4:4",
        "'ll we've TY'R he'd it'S 'tis l'\303\251t\303\251 ' D'T",
        "caf\303\251 caf\303\251 ne      ",
        "tab\011hereverticalform nbsp ideographicerowidthbom",
        "<endoftext> [AS]  between   <extra>x<extra> yesterday yesterdays TDAY",
        "http://example.org/a_bc=de=20#f -- quoted paren [brackets] braces #=",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the",
        "stanbul DYARAR Strae   nave coperate",
        " already   marked _under_ word_with_underscore",
        "unseen:    rtl  ",
    }},
    {"metaspace", 700,
    {0, 1, 26, 41, 111, 69, 89, 57, 29, 20, 38, 26, 35, 30, 26, 48, 41, 45, 9, 40},
    {2, 3, 28, 43, 113, 71, 91, 59, 31, 22, 40, 28, 37, 32, 28, 50, 43, 47, 11, 42},
    (const int32_t[781]){
        318, 626, 318, 116, 302, 599, 609, 296, 650, 318, 109, 302, 360, 300, 568, 326, 354, 284,
        125, 306, 664, 418, 326, 419, 589, 662, 265, 318, 93, 304, 198, 185, 392, 318, 69, 394,
        293, 198, 167, 360, 498, 318, 109, 472, 338, 318, 89, 292, 510, 339, 318, 116, 302, 334,
        318, 198, 191, 285, 334, 584, 566, 297, 198, 162, 338, 648, 625, 502, 318, 233, 152, 146,
        233, 144, 186, 234, 157, 135, 233, 166, 152, 235, 140, 181, 234, 142, 147, 234, 142, 187,
        235, 186, 182, 235, 194, 138, 231, 189, 137, 233, 138, 149, 234, 142, 154, 230, 131, 133,
        231, 192, 163, 232, 168, 192, 242, 191, 143, 231, 187, 153, 234, 152, 143, 242, 191, 132,
        233, 160, 180, 231, 189, 175, 236, 134, 192, 230, 132, 174, 235, 164, 143, 230, 132, 144,
        230, 132, 193, 230, 132, 156, 230, 131, 133, 240, 152, 159, 237, 184, 176, 239, 153, 183,
        318, 238, 175, 187, 239, 161, 168, 239, 161, 136, 238, 142, 139, 238, 142, 167, 265, 343,
        219, 174, 219, 188, 550, 343, 313, 220, 137, 316, 343, 219, 182, 219, 180, 316, 219, 188,
        555, 220, 133, 220, 132, 219, 181, 318, 220, 132, 220, 139, 220, 133, 668, 343, 314, 219,
        182, 220, 139, 315, 265, 318, 220, 136, 220, 145, 219, 180, 220, 149, 219, 176, 220, 145,
        313, 220, 142, 312, 412, 220, 147, 314, 220, 146, 220, 136, 220, 149, 318, 211, 164, 212,
        141, 309, 212, 139, 212, 143, 318, 211, 185, 309, 356, 212, 140, 212, 148, 318, 212, 144,
        212, 133, 211, 187, 311, 318, 211, 191, 212, 146, 211, 182, 310, 211, 187, 311, 318, 212,
        135, 212, 131, 308, 211, 192, 212, 137, 212, 134, 211, 186, 212, 132, 310, 211, 187, 311,
        318, 211, 180, 212, 134, 211, 190, 211, 193, 548, 318, 211, 183, 308, 318, 211, 181, 212,
        142, 211, 194, 309, 211, 188, 318, 212, 138, 308, 212, 145, 265, 318, 73, 284, 295, 645,
        318, 243, 162, 148, 171, 317, 243, 162, 148, 172, 317, 243, 162, 148, 170, 317, 243, 162,
        148, 169, 263, 651, 318, 243, 162, 138, 172, 243, 162, 138, 173, 263, 660, 318, 243, 162,
        148, 144, 243, 162, 146, 192, 263, 659, 318, 229, 160, 167, 242, 187, 146, 265, 585, 652,
        43, 595, 44, 641, 580, 553, 576, 673, 528, 318, 126, 262, 479, 629, 564, 693, 128, 318,
        405, 666, 318, 318, 318, 654, 300, 16, 260, 318, 612, 669, 586, 483, 318, 608, 687, 318,
        318, 661, 674, 613, 552, 418, 571, 644, 318, 318, 318, 336, 357, 372, 427, 427, 56, 697,
        56, 60, 577, 428, 318, 197, 192, 318, 197, 181, 318, 229, 136, 170, 318, 220, 166, 220,
        167, 220, 168, 557, 269, 57, 445, 675, 455, 59, 378, 56, 93, 318, 76, 262, 514, 637, 366,
        75, 72, 92, 438, 72, 658, 665, 605, 611, 538, 318, 200, 194, 262, 200, 194, 365, 82, 81,
        439, 432, 432, 318, 242, 175, 132, 296, 288, 318, 229, 148, 163, 229, 148, 164, 318, 198,
        136, 318, 198, 136, 318, 228, 189, 158, 207, 166, 318, 237, 179, 132, 318, 237, 179, 132,
        572, 433, 351, 14, 400, 539, 284, 294, 15, 289, 582, 634, 298, 587, 618, 230, 131, 131,
        125, 334, 297, 229, 131, 142, 304, 508, 242, 190, 194, 681, 364, 127, 581, 497, 347, 301,
        127, 275, 367, 80, 467, 78, 282, 318, 1, 682, 2, 318, 621, 545, 430, 671, 366, 82, 468,
        92, 699, 646, 501, 469, 66, 286, 274, 287, 41, 288, 274, 40, 376, 436, 563, 318, 37, 116,
        302, 522, 359, 37, 318, 43, 298, 594, 44, 631, 689, 318, 126, 484, 346, 128, 318, 99,
        129, 36, 67, 261, 39, 97, 45, 46, 274, 127, 95, 62, 556, 333, 333, 333, 333, 333, 333,
        333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333,
        333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 326, 318, 199,
        179, 532, 643, 294, 365, 199, 179, 92, 380, 69, 276, 78, 76, 278, 408, 363, 198, 162,
        288, 318, 209, 166, 209, 148, 209, 166, 318, 210, 133, 210, 134, 369, 284, 198, 178, 399,
        368, 297, 198, 185, 298, 574, 288, 579, 642, 318, 318, 653, 696, 638, 685, 288, 355, 296,
        300, 492, 272, 318, 237, 156, 177, 318, 243, 147, 144, 139, 318, 243, 162, 170, 194, 318,
        229, 131, 177, 299, 301, 294, 229, 131, 175, 318, 227, 192, 131, 318, 227, 187, 132, 227,
        188, 138,
    },
    (const int32_t[821]){
        1, 2, 1, 318, 2, 1, 626, 318, 116, 302, 599, 609, 296, 650, 318, 109, 302, 360, 300, 568,
        326, 354, 284, 125, 306, 664, 418, 326, 419, 589, 662, 265, 2, 1, 318, 93, 304, 198, 185,
        392, 318, 69, 394, 293, 198, 167, 360, 498, 318, 109, 472, 338, 318, 89, 292, 510, 339,
        318, 116, 302, 334, 318, 198, 191, 285, 334, 584, 566, 297, 198, 162, 338, 648, 625, 502,
        2, 1, 318, 233, 152, 146, 233, 144, 186, 234, 157, 135, 233, 166, 152, 235, 140, 181,
        234, 142, 147, 234, 142, 187, 235, 186, 182, 235, 194, 138, 231, 189, 137, 233, 138, 149,
        234, 142, 154, 230, 131, 133, 231, 192, 163, 232, 168, 192, 242, 191, 143, 231, 187, 153,
        234, 152, 143, 242, 191, 132, 233, 160, 180, 231, 189, 175, 236, 134, 192, 230, 132, 174,
        235, 164, 143, 230, 132, 144, 230, 132, 193, 230, 132, 156, 230, 131, 133, 240, 152, 159,
        237, 184, 176, 239, 153, 183, 318, 238, 175, 187, 239, 161, 168, 239, 161, 136, 238, 142,
        139, 238, 142, 167, 265, 2, 1, 343, 219, 174, 219, 188, 550, 343, 313, 220, 137, 316,
        343, 219, 182, 219, 180, 316, 219, 188, 555, 220, 133, 220, 132, 219, 181, 318, 220, 132,
        220, 139, 220, 133, 668, 343, 314, 219, 182, 220, 139, 315, 265, 318, 220, 136, 220, 145,
        219, 180, 220, 149, 219, 176, 220, 145, 313, 220, 142, 312, 412, 220, 147, 314, 220, 146,
        220, 136, 220, 149, 2, 1, 318, 211, 164, 212, 141, 309, 212, 139, 212, 143, 318, 211,
        185, 309, 356, 212, 140, 212, 148, 318, 212, 144, 212, 133, 211, 187, 311, 318, 211, 191,
        212, 146, 211, 182, 310, 211, 187, 311, 318, 212, 135, 212, 131, 308, 211, 192, 212, 137,
        212, 134, 211, 186, 212, 132, 310, 211, 187, 311, 318, 211, 180, 212, 134, 211, 190, 211,
        193, 548, 318, 211, 183, 308, 318, 211, 181, 212, 142, 211, 194, 309, 211, 188, 318, 212,
        138, 308, 212, 145, 265, 2, 1, 318, 73, 284, 295, 645, 318, 243, 162, 148, 171, 317, 243,
        162, 148, 172, 317, 243, 162, 148, 170, 317, 243, 162, 148, 169, 263, 651, 318, 243, 162,
        138, 172, 243, 162, 138, 173, 263, 660, 318, 243, 162, 148, 144, 243, 162, 146, 192, 263,
        659, 318, 229, 160, 167, 242, 187, 146, 265, 2, 1, 585, 652, 43, 595, 44, 641, 580, 553,
        576, 673, 528, 318, 126, 262, 479, 629, 564, 693, 128, 318, 405, 666, 318, 318, 318, 654,
        300, 16, 260, 2, 1, 318, 612, 669, 586, 483, 318, 608, 687, 318, 318, 661, 674, 613, 552,
        418, 571, 644, 318, 318, 318, 2, 1, 336, 357, 372, 427, 427, 56, 697, 56, 60, 577, 428,
        318, 197, 192, 318, 197, 181, 318, 229, 136, 170, 318, 220, 166, 220, 167, 220, 168, 557,
        269, 57, 445, 675, 455, 59, 378, 56, 93, 2, 1, 318, 76, 262, 514, 637, 366, 75, 72, 92,
        438, 72, 658, 665, 605, 611, 538, 318, 200, 194, 262, 200, 194, 365, 82, 81, 439, 2, 1,
        432, 432, 318, 242, 175, 132, 296, 288, 318, 229, 148, 163, 229, 148, 164, 318, 198, 136,
        318, 198, 136, 318, 228, 189, 158, 207, 166, 318, 237, 179, 132, 318, 237, 179, 132, 2,
        1, 572, 433, 351, 14, 400, 539, 284, 294, 15, 289, 582, 634, 298, 587, 618, 230, 131,
        131, 125, 334, 297, 229, 131, 142, 304, 508, 242, 190, 194, 681, 2, 1, 364, 127, 581,
        497, 347, 301, 127, 275, 367, 80, 467, 78, 282, 318, 1, 682, 2, 318, 621, 545, 430, 671,
        366, 82, 468, 92, 2, 1, 699, 646, 501, 469, 66, 286, 274, 287, 41, 288, 274, 40, 376,
        436, 563, 318, 37, 116, 302, 522, 359, 37, 318, 43, 298, 594, 44, 631, 689, 318, 126,
        484, 346, 128, 318, 99, 129, 36, 67, 261, 39, 97, 45, 46, 274, 127, 95, 62, 2, 1, 556,
        333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333,
        333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333, 333,
        333, 333, 333, 326, 2, 1, 318, 199, 179, 532, 643, 294, 365, 199, 179, 92, 380, 69, 276,
        78, 76, 278, 408, 363, 198, 162, 288, 318, 209, 166, 209, 148, 209, 166, 318, 210, 133,
        210, 134, 369, 284, 198, 178, 399, 368, 297, 198, 185, 298, 574, 288, 2, 1, 579, 642,
        318, 318, 653, 696, 638, 685, 288, 2, 1, 355, 296, 300, 492, 272, 318, 237, 156, 177,
        318, 243, 147, 144, 139, 318, 243, 162, 170, 194, 318, 229, 131, 177, 299, 301, 294, 229,
        131, 175, 318, 227, 192, 131, 318, 227, 187, 132, 227, 188, 138, 2,
    },
    {
        "",
        "",
        "The uick brown fox umps over the lay dog, and the dog isn't amused.",
        "wlf oxkmpfer agen iktor uer ber den groen Sylter Deich.",
        " .",
        "\330\247\331\204\331\204\330\250 \330\247\331\204\330\250\331\212 \330\247\331\204\331\212"
        " \331\212  \330\247\331\204\331\203\331\204\330\250 \330\247\331\204\331\203\331\204. \330"
        "\250\330\247 \330\250\331\203",
        "\320\265 \320\265 \320\265 \321\205 \320\272\321\205 \320\260\320\272\321\205 \320\272, "
        "\320\260 \320\265 \320\260.",
        "amily: \342\200\215\342\200\215\342\200\215, flag , thumbs , heart .",
        "def mainargc:\012\011if argc > 1:\012\011\011return 'a': [1, 22, 333]  # it's\012    pass"
        "\012",
        " leading, double  blanks,   three\012\012\012new lines \012 and trailing   ",
        "1 12 123 1234 1234 3.141 1,000,000     202-11-24T10:4:4",
        "'ll we've T'R he'd it'S 'tis l'\303\251t\303\251 ' D'T",
        "caf\303\251 caf\303\251 ne      ",
        "tab\011hereverticalform nbsp ideographicerowidthbom",
        "<endoftext> [AS] between  <extra>x<extra> yesterday yesterdays TDA",
        "http://example.org/a_bc=de=20#f -- uoted paren [brackets] braces #=",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the",
        "stanbul DARAR Strae   nave coperate",
        "already   marked _under_ word_with_underscore",
        "unseen:    rtl  ",
    }},
    {"unknown", 300,
    {0, 1, 32, 42, 5, 24, 31, 24, 40, 28, 33, 26, 17, 26, 31, 45, 4, 31, 15, 21},
    {0, 1, 32, 42, 5, 24, 31, 24, 40, 28, 33, 26, 17, 26, 31, 45, 4, 31, 15, 21},
    (const int32_t[476]){
        50, 142, 56, 50, 0, 39, 84, 258, 287, 271, 240, 50, 0, 39, 100, 74, 279, 58, 143, 21,
        0, 43, 146, 128, 213, 58, 146, 245, 291, 150, 39, 289, 6, 50, 0, 41, 0, 264, 0, 133, 30,
        0, 100, 237, 50, 0, 208, 76, 50, 0, 29, 256, 78, 50, 0, 39, 69, 50, 0, 22, 69, 50, 228,
        50, 241, 34, 0, 76, 141, 43, 262, 69, 104, 232, 247, 50, 0, 50, 0, 6, 92, 0, 139, 48,
        0, 92, 0, 50, 0, 50, 0, 92, 0, 139, 0, 49, 6, 50, 0, 48, 0, 47, 144, 0, 50, 0, 46, 0,
        50, 0, 46, 91, 0, 50, 0, 50, 0, 50, 0, 45, 0, 50, 0, 72, 0, 45, 50, 0, 46, 0, 50, 0, 45,
        0, 6, 50, 0, 21, 32, 129, 43, 13, 50, 0, 72, 235, 208, 50, 0, 175, 39, 270, 0, 72, 56,
        81, 294, 0, 6, 50, 96, 98, 269, 0, 81, 127, 0, 116, 254, 286, 50, 199, 116, 162, 292,
        36, 271, 0, 3, 216, 50, 0, 9, 72, 189, 72, 114, 11, 0, 67, 0, 89, 38, 172, 108, 284, 37,
        0, 2, 67, 99, 120, 85, 128, 82, 39, 222, 67, 217, 122, 255, 174, 147, 87, 233, 164, 41,
        143, 85, 125, 163, 86, 57, 73, 129, 85, 243, 71, 94, 109, 155, 155, 0, 50, 192, 12, 9,
        0, 71, 156, 156, 50, 0, 50, 0, 50, 0, 50, 0, 50, 113, 10, 0, 177, 187, 193, 188, 0, 115,
        0, 50, 0, 3, 261, 107, 234, 142, 0, 3, 0, 50, 56, 168, 89, 297, 88, 298, 266, 293, 50,
        0, 3, 0, 104, 0, 167, 160, 160, 50, 0, 131, 50, 0, 50, 0, 50, 0, 50, 0, 50, 0, 50, 0,
        57, 207, 161, 87, 0, 137, 295, 209, 0, 239, 267, 275, 282, 96, 280, 285, 0, 69, 34, 0,
        41, 253, 28, 0, 218, 32, 140, 0, 76, 82, 236, 83, 38, 0, 118, 0, 201, 0, 140, 135, 223,
        41, 231, 197, 67, 157, 198, 157, 118, 159, 50, 159, 74, 19, 0, 202, 0, 50, 248, 299, 83,
        214, 99, 180, 246, 204, 0, 23, 0, 24, 0, 25, 0, 113, 0, 98, 176, 50, 0, 39, 277, 97, 0,
        50, 0, 281, 76, 0, 50, 0, 224, 259, 37, 0, 50, 0, 224, 25, 37, 0, 50, 0, 50, 93, 93, 70,
        50, 0, 101, 122, 220, 265, 0, 16, 0, 16, 0, 141, 102, 0, 25, 50, 0, 50, 0, 50, 33, 21,
        0, 136, 106, 34, 0, 35, 69, 211, 25, 77, 263, 120, 43, 75, 268, 260, 158, 206, 78, 229,
        130, 250, 290, 25, 90, 33, 37, 231, 13, 50, 0, 50, 0, 50, 0, 50, 0, 36, 38, 31, 0, 50,
        0, 50, 0,
    },
    (const int32_t[476]){
        50, 142, 56, 50, 0, 39, 84, 258, 287, 271, 240, 50, 0, 39, 100, 74, 279, 58, 143, 21,
        0, 43, 146, 128, 213, 58, 146, 245, 291, 150, 39, 289, 6, 50, 0, 41, 0, 264, 0, 133, 30,
        0, 100, 237, 50, 0, 208, 76, 50, 0, 29, 256, 78, 50, 0, 39, 69, 50, 0, 22, 69, 50, 228,
        50, 241, 34, 0, 76, 141, 43, 262, 69, 104, 232, 247, 50, 0, 50, 0, 6, 92, 0, 139, 48,
        0, 92, 0, 50, 0, 50, 0, 92, 0, 139, 0, 49, 6, 50, 0, 48, 0, 47, 144, 0, 50, 0, 46, 0,
        50, 0, 46, 91, 0, 50, 0, 50, 0, 50, 0, 45, 0, 50, 0, 72, 0, 45, 50, 0, 46, 0, 50, 0, 45,
        0, 6, 50, 0, 21, 32, 129, 43, 13, 50, 0, 72, 235, 208, 50, 0, 175, 39, 270, 0, 72, 56,
        81, 294, 0, 6, 50, 96, 98, 269, 0, 81, 127, 0, 116, 254, 286, 50, 199, 116, 162, 292,
        36, 271, 0, 3, 216, 50, 0, 9, 72, 189, 72, 114, 11, 0, 67, 0, 89, 38, 172, 108, 284, 37,
        0, 2, 67, 99, 120, 85, 128, 82, 39, 222, 67, 217, 122, 255, 174, 147, 87, 233, 164, 41,
        143, 85, 125, 163, 86, 57, 73, 129, 85, 243, 71, 94, 109, 155, 155, 0, 50, 192, 12, 9,
        0, 71, 156, 156, 50, 0, 50, 0, 50, 0, 50, 0, 50, 113, 10, 0, 177, 187, 193, 188, 0, 115,
        0, 50, 0, 3, 261, 107, 234, 142, 0, 3, 0, 50, 56, 168, 89, 297, 88, 298, 266, 293, 50,
        0, 3, 0, 104, 0, 167, 160, 160, 50, 0, 131, 50, 0, 50, 0, 50, 0, 50, 0, 50, 0, 50, 0,
        57, 207, 161, 87, 0, 137, 295, 209, 0, 239, 267, 275, 282, 96, 280, 285, 0, 69, 34, 0,
        41, 253, 28, 0, 218, 32, 140, 0, 76, 82, 236, 83, 38, 0, 118, 0, 201, 0, 140, 135, 223,
        41, 231, 197, 67, 157, 198, 157, 118, 159, 50, 159, 74, 19, 0, 202, 0, 50, 248, 299, 83,
        214, 99, 180, 246, 204, 0, 23, 0, 24, 0, 25, 0, 113, 0, 98, 176, 50, 0, 39, 277, 97, 0,
        50, 0, 281, 76, 0, 50, 0, 224, 259, 37, 0, 50, 0, 224, 25, 37, 0, 50, 0, 50, 93, 93, 70,
        50, 0, 101, 122, 220, 265, 0, 16, 0, 16, 0, 141, 102, 0, 25, 50, 0, 50, 0, 50, 33, 21,
        0, 136, 106, 34, 0, 35, 69, 211, 25, 77, 263, 120, 43, 75, 268, 260, 158, 206, 78, 229,
        130, 250, 290, 25, 90, 33, 37, 231, 13, 50, 0, 50, 0, 50, 0, 50, 0, 36, 38, 31, 0, 50,
        0, 50, 0,
    },
    {
        "",
        "",
        "The uick brown fox umps over the lay dog, and the dog isn't amused.",
        "wlf oxkmpfer agen iktor uer ber den groen Sylter Deich.",
        " .",
        "\330\247\331\204\331\204\330\250 \330\247\331\204\330\250 \330\247\331\204   \330\247\331"
        "\204\331\204\330\250 \330\247\331\204\331\204. \330\250\330\247 \330\250",
        "\320\265 \320\265 \320\265   \320\260 , \320\260 \320\265 \320\260.",
        "amily: , flag , thumbs , heart .",
        "def mainargc:\012\011if argc > 1:\012\011\011return 'a': 1, 22, 333   it's\012    pass\012",
        "leading, double  blanks,   three\012\012\012new lines \012 and trailing   ",
        "1 12 123 1234 1234 3.141 1,000,000     202-11-24T10:4:4",
        "'ll we've T' he'd it'S 'tis l'\303\251t\303\251 ' D'T",
        "caf\303\251 caf\303\251 ne      ",
        "tab\011hereverticalform nbsp ideographicerowidthbom",
        "<endoftext> AS <s>between</s>  <extra>x<extra> yesterday yesterdays TDA",
        "http://example.org/a_bcde20f -- uoted paren brackets braces ",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the",
        "stanbul DAA Strae   nave coperate",
        "already   marked _under_ word_with_underscore",
        "unseen:    rtl  ",
    }},
    {"clip", 700,
    {0, 0, 28, 26, 59, 39, 39, 27, 32, 19, 58, 24, 15, 24, 27, 49, 41, 25, 23, 31},
    {0, 0, 28, 26, 59, 39, 39, 27, 32, 19, 58, 24, 15, 24, 27, 49, 41, 25, 23, 31},
    (const int32_t[586]){
        379, 388, 410, 308, 493, 551, 275, 510, 257, 530, 414, 273, 550, 365, 379, 413, 583, 453,
        258, 455, 379, 453, 524, 275, 380, 381, 573, 323, 585, 621, 403, 580, 591, 512, 531, 367,
        575, 418, 281, 388, 365, 647, 503, 516, 416, 254, 367, 562, 536, 365, 384, 410, 264, 323,
        693, 238, 692, 623, 249, 227, 695, 697, 613, 239, 394, 626, 625, 641, 444, 229, 691, 241,
        394, 267, 465, 689, 690, 448, 287, 688, 696, 287, 448, 260, 694, 610, 605, 226, 638, 603,
        588, 378, 236, 378, 640, 327, 465, 170, 244, 251, 698, 169, 245, 295, 699, 447, 593, 228,
        446, 231, 446, 326, 323, 396, 602, 629, 396, 596, 229, 678, 396, 614, 609, 670, 438, 676,
        435, 672, 435, 464, 262, 454, 451, 454, 675, 310, 323, 440, 441, 673, 439, 674, 441, 376,
        681, 671, 376, 677, 684, 682, 440, 439, 433, 665, 459, 231, 667, 657, 312, 459, 232, 669,
        666, 662, 398, 658, 238, 655, 663, 661, 431, 659, 229, 463, 624, 432, 653, 631, 639, 291,
        258, 656, 283, 654, 234, 660, 652, 664, 431, 668, 323, 514, 411, 300, 296, 371, 597, 598,
        595, 594, 515, 266, 449, 599, 601, 352, 571, 371, 236, 361, 238, 637, 522, 268, 687, 590,
        627, 323, 384, 265, 543, 275, 335, 452, 473, 525, 452, 317, 329, 296, 559, 572, 586, 292,
        471, 311, 329, 258, 276, 276, 258, 263, 263, 263, 483, 320, 412, 399, 555, 273, 540, 458,
        258, 366, 570, 271, 402, 372, 533, 258, 352, 561, 548, 539, 405, 455, 566, 411, 458, 329,
        329, 276, 329, 276, 263, 329, 276, 263, 324, 329, 276, 263, 324, 277, 263, 323, 329, 324,
        329, 277, 331, 329, 258, 340, 340, 340, 258, 340, 340, 340, 643, 644, 686, 341, 679, 683,
        680, 276, 340, 276, 307, 289, 329, 329, 289, 276, 324, 268, 329, 340, 296, 324, 313, 296,
        324, 277, 290, 293, 468, 272, 577, 472, 358, 300, 469, 271, 520, 470, 412, 399, 380, 526,
        272, 338, 646, 428, 338, 428, 366, 275, 380, 457, 457, 172, 606, 545, 442, 314, 442, 342,
        427, 427, 685, 648, 445, 445, 568, 521, 271, 574, 569, 272, 513, 284, 547, 306, 529, 552,
        556, 270, 584, 278, 377, 302, 423, 504, 172, 632, 403, 284, 0, 311, 542, 308, 337, 286,
        273, 317, 498, 579, 478, 273, 317, 286, 456, 317, 257, 286, 456, 317, 462, 300, 462, 581,
        418, 383, 300, 519, 565, 477, 373, 381, 557, 323, 374, 266, 282, 292, 345, 297, 305, 270,
        343, 261, 336, 271, 481, 276, 340, 320, 265, 475, 269, 388, 549, 386, 269, 335, 554, 367,
        346, 311, 461, 534, 273, 337, 299, 461, 405, 279, 485, 466, 467, 484, 480, 482, 359, 360,
        360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360,
        360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360,
        360, 360, 379, 293, 429, 375, 372, 495, 272, 502, 429, 582, 499, 527, 375, 368, 645, 271,
        651, 649, 650, 430, 546, 607, 501, 622, 490, 271, 460, 489, 560, 300, 393, 224, 460, 541,
        535, 345, 421, 365, 345, 578, 261, 345, 423, 419, 345, 421, 362, 564, 271, 85, 78, 83,
        509, 296, 167, 248, 0, 173, 239, 236, 0, 361, 101, 298, 377, 0, 82, 84, 272, 377, 0, 157,
        122, 0, 157, 117, 260, 157, 118, 309,
    },
    (const int32_t[586]){
        379, 388, 410, 308, 493, 551, 275, 510, 257, 530, 414, 273, 550, 365, 379, 413, 583, 453,
        258, 455, 379, 453, 524, 275, 380, 381, 573, 323, 585, 621, 403, 580, 591, 512, 531, 367,
        575, 418, 281, 388, 365, 647, 503, 516, 416, 254, 367, 562, 536, 365, 384, 410, 264, 323,
        693, 238, 692, 623, 249, 227, 695, 697, 613, 239, 394, 626, 625, 641, 444, 229, 691, 241,
        394, 267, 465, 689, 690, 448, 287, 688, 696, 287, 448, 260, 694, 610, 605, 226, 638, 603,
        588, 378, 236, 378, 640, 327, 465, 170, 244, 251, 698, 169, 245, 295, 699, 447, 593, 228,
        446, 231, 446, 326, 323, 396, 602, 629, 396, 596, 229, 678, 396, 614, 609, 670, 438, 676,
        435, 672, 435, 464, 262, 454, 451, 454, 675, 310, 323, 440, 441, 673, 439, 674, 441, 376,
        681, 671, 376, 677, 684, 682, 440, 439, 433, 665, 459, 231, 667, 657, 312, 459, 232, 669,
        666, 662, 398, 658, 238, 655, 663, 661, 431, 659, 229, 463, 624, 432, 653, 631, 639, 291,
        258, 656, 283, 654, 234, 660, 652, 664, 431, 668, 323, 514, 411, 300, 296, 371, 597, 598,
        595, 594, 515, 266, 449, 599, 601, 352, 571, 371, 236, 361, 238, 637, 522, 268, 687, 590,
        627, 323, 384, 265, 543, 275, 335, 452, 473, 525, 452, 317, 329, 296, 559, 572, 586, 292,
        471, 311, 329, 258, 276, 276, 258, 263, 263, 263, 483, 320, 412, 399, 555, 273, 540, 458,
        258, 366, 570, 271, 402, 372, 533, 258, 352, 561, 548, 539, 405, 455, 566, 411, 458, 329,
        329, 276, 329, 276, 263, 329, 276, 263, 324, 329, 276, 263, 324, 277, 263, 323, 329, 324,
        329, 277, 331, 329, 258, 340, 340, 340, 258, 340, 340, 340, 643, 644, 686, 341, 679, 683,
        680, 276, 340, 276, 307, 289, 329, 329, 289, 276, 324, 268, 329, 340, 296, 324, 313, 296,
        324, 277, 290, 293, 468, 272, 577, 472, 358, 300, 469, 271, 520, 470, 412, 399, 380, 526,
        272, 338, 646, 428, 338, 428, 366, 275, 380, 457, 457, 172, 606, 545, 442, 314, 442, 342,
        427, 427, 685, 648, 445, 445, 568, 521, 271, 574, 569, 272, 513, 284, 547, 306, 529, 552,
        556, 270, 584, 278, 377, 302, 423, 504, 172, 632, 403, 284, 0, 311, 542, 308, 337, 286,
        273, 317, 498, 579, 478, 273, 317, 286, 456, 317, 257, 286, 456, 317, 462, 300, 462, 581,
        418, 383, 300, 519, 565, 477, 373, 381, 557, 323, 374, 266, 282, 292, 345, 297, 305, 270,
        343, 261, 336, 271, 481, 276, 340, 320, 265, 475, 269, 388, 549, 386, 269, 335, 554, 367,
        346, 311, 461, 534, 273, 337, 299, 461, 405, 279, 485, 466, 467, 484, 480, 482, 359, 360,
        360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360,
        360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360, 360,
        360, 360, 379, 293, 429, 375, 372, 495, 272, 502, 429, 582, 499, 527, 375, 368, 645, 271,
        651, 649, 650, 430, 546, 607, 501, 622, 490, 271, 460, 489, 560, 300, 393, 224, 460, 541,
        535, 345, 421, 365, 345, 578, 261, 345, 423, 419, 345, 421, 362, 564, 271, 85, 78, 83,
        509, 296, 167, 248, 0, 173, 239, 236, 0, 361, 101, 298, 377, 0, 82, 84, 272, 377, 0, 157,
        122, 0, 157, 117, 260, 157, 118, 309,
    },
    {
        "",
        "",
        "the quick brown fox jumps over the lazy dog , and the dog isn 't amused .",
        "zw\303\203\302\266lf boxk\303\203\302\244mpfer jagen viktor quer \303\203\302\274ber den g"
        "ro\303\203\305\201en sylter deich .",
        "\303\246\304\267\304\261\303\246\304\257\302\267\303\247\304\274\304\246\303\246\302\243"
        "\304\267\303\250\304\253\302\262\303\247\304\255\304\262\303\247\304\255\302\270\303\250\302"
        "\267\302\263\303\250\302\277\304\251\303\244\302\272\304\250\303\246\304\251\304\264\303"
        "\247\304\255\304\271 \303\243\304\242\304\244 \303\244\302\275\305\202\303\245\302\245\302"
        "\275 \303\257\302\274\304\256 \303\244\302\270\304\270\303\247\304\267\304\256 \303\257\302"
        "\274\304\243 \303\246\304\277\302\261\303\244\302\272\302\254\303\251\304\245\302\275\303"
        "\243\304\243\302\253\303\250\302\241\304\256\303\243\304\243\304\257\303\243\304\243\302\276"
        "\303\243\304\243\304\273 \303\243\304\242\304\244 \303\255\304\267\304\276\303\252\302\265"
        "\305\203\303\254\304\270\302\264 \303\253\302\254\302\270\303\254\305\200\302\245\303\254"
        "\305\200\304\247\303\253\304\255\304\252\303\253\304\255\302\244 .",
        "\303\230\302\247\303\231\304\246\303\230\302\253\303\230\302\271\303\231\304\246\303\230"
        "\302\250 \303\230\302\247\303\231\304\246\303\230\302\250\303\231\304\250\303\231\304\254 "
        "\303\230\302\247\303\231\304\246\303\230\302\263\303\230\302\261\303\231\304\254\303\230\302"
        "\271 \303\231\304\254\303\231\304\244\303\231\304\243\303\230\302\262 \303\231\304\243\303"
        "\231\304\252\303\231\304\244 \303\230\302\247\303\231\304\246\303\231\304\245\303\231\304"
        "\246\303\230\302\250 \303\230\302\247\303\231\304\246\303\231\304\245\303\230\302\263\303"
        "\231\304\252\303\231\304\246 . \303\231\304\247 \303\231\304\260 \303\230\302\261 \303\231"
        "\304\264 \303\230\305\203 \303\231\304\260 \303\230\302\250 \303\231\304\255 \303\230\302"
        "\247 \303\230\302\250 \303\231\304\262 \303\231\304\245 \303\231\304\261 \303\231\304\247 "
        "\303\231\304\264",
        "\303\221\304\243\303\221\304\254\303\220\302\265\303\221\304\252\303\221\304\256 \303\220"
        "\302\266\303\220\302\265 \303\220\302\265\303\221\304\253\303\221\304\263 \303\221\304\257"
        "\303\221\304\244\303\220\302\270\303\221\304\247 \303\220\302\274\303\221\304\261\303\220"
        "\302\263\303\220\302\272\303\220\302\270\303\221\304\247 \303\221\304\246\303\221\304\242"
        "\303\220\302\260\303\220\302\275\303\221\304\250\303\221\304\245\303\220\302\267\303\221\304"
        "\243\303\220\302\272\303\220\302\270\303\221\304\247 \303\220\302\261\303\221\304\245\303"
        "\220\302\273\303\220\302\276\303\220\302\272 , \303\220\302\264\303\220\302\260 \303\220\302"
        "\262\303\221\304\255\303\220\302\277\303\220\302\265\303\220\302\271 \303\221\304\251\303"
        "\220\302\260\303\221\304\260 .",
        "family : \303\260\305\201\304\263\302\250\303\242\304\242\304\257\303\260\305\201\304\263"
        "\302\251\303\242\304\242\304\257\303\260\305\201\304\263\302\247\303\242\304\242\304\257"
        "\303\260\305\201\304\263\302\246, flag \303\260\305\201\304\251\302\251\303\260\305\201\304"
        "\251\302\252, thumbs \303\260\305\201\304\263\304\257\303\260\305\201\304\261\302\275, heart"
        " \303\242\304\277\302\244\303\257\302\270\304\261.",
        "def main ( argc ): if argc > 1 : return {' a ': [ 1 , 2 2 , 3 3 3 ]} # it 's pass",
        "leading , double blanks , three new lines and trailing",
        "1 1 2 1 2 3 1 2 3 4 1 2 3 4 5 3 . 1 4 1 5 9 1 , 0 0 0 , 0 0 0 \303\202\302\275 \303\202"
        "\302\262 \303\242\304\247\302\267 \303\231\302\243 \303\231\302\244 \303\231\302\245 2 0 2 6 "
        "- 1 1 - 2 4 t 1 0 : 4 8 : 4 5 z",
        "i 'll we 've they 're he 'd it 's 't is l ' \303\203\302\251t\303\203\302\251 \303\205\302"
        "\277 ' \303\205\302\277 don 't",
        "caf\303\203\302\251 caf\303\203\302\251 \303\257\302\254\304\243ne \303\242\304\263\305"
        "\202 \303\242\304\263\302\241 \303\203\302\245 \303\203\302\245 \303\241\302\272\304\275 \303"
        "\214\302\243 \303\252\302\260\304\243 \303\252\302\260\304\243",
        "tab here vertical form nbsp ideographic zero \303\242\304\242\304\255 width \303\257\302"
        "\273\302\277 bom",
        "[ mask ] < s > between </ s > < extra > x < extra > yesterday yesterdays today",
        "http :// example . org / a _ b \? c = d & e =% 2 0 # f -- \" quoted \" ( paren ) [ bracket"
        "s ] { braces } `~!@#$^*+=|\\;",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the",
        "i \303\214\304\251 stanbul di \303\214\304\251 yarbakir stra\303\203\305\201e \303\217\304"
        "\245\303\216\302\261\303\217\304\245 \303\217\304\244\303\217\304\245 na\303\203\302\257ve"
        " co\303\203\302\266perate",
        "\303\242\304\270\304\243 already \303\242\304\270\304\243\303\242\304\270\304\243 marked _"
        " under _ word _ with _ underscore",
        "unseen : \303\252\304\273\303\260\304\262\304\257\303\260\305\201\302\247\302\277 \303\242"
        "\304\242rtl \303\242\304\242\303\240\302\275\303\240\302\270\304\243 \303\240\302\271\304"
        "\251",
    }},
    {"bert", 400,
    {0, 0, 31, 34, 50, 35, 43, 25, 40, 26, 38, 33, 12, 33, 35, 63, 41, 33, 27, 14},
    {2, 2, 33, 36, 52, 37, 45, 27, 42, 28, 40, 35, 14, 35, 37, 65, 43, 35, 29, 16},
    (const int32_t[613]){
        290, 312, 306, 201, 378, 207, 199, 387, 394, 204, 200, 56, 349, 290, 395, 226, 225, 354,
        16, 324, 290, 354, 330, 199, 11, 61, 374, 205, 200, 346, 18, 67, 207, 214, 198, 216, 379,
        201, 357, 351, 185, 393, 302, 63, 197, 201, 203, 310, 312, 298, 62, 189, 298, 382, 388,
        248, 302, 60, 225, 198, 318, 328, 306, 213, 18, 161, 160, 168, 163, 169, 164, 166, 171,
        172, 155, 159, 165, 149, 157, 158, 176, 154, 167, 175, 162, 156, 173, 152, 170, 150, 190,
        191, 149, 135, 229, 241, 242, 243, 230, 244, 245, 132, 243, 241, 259, 229, 260, 244, 261,
        262, 263, 261, 264, 229, 18, 300, 256, 240, 352, 300, 223, 253, 239, 300, 237, 238, 239,
        240, 125, 228, 234, 235, 118, 227, 228, 353, 352, 353, 237, 227, 221, 18, 122, 238, 279,
        223, 280, 111, 222, 231, 95, 281, 212, 282, 283, 85, 212, 84, 257, 212, 107, 254, 316,
        90, 192, 193, 343, 98, 265, 236, 266, 267, 268, 269, 270, 343, 80, 268, 277, 278, 194,
        16, 83, 236, 81, 210, 211, 212, 195, 101, 236, 249, 18, 386, 344, 225, 29, 183, 272, 273,
        274, 16, 385, 338, 177, 258, 16, 289, 348, 342, 180, 215, 16, 329, 305, 203, 148, 18,
        328, 216, 332, 307, 12, 361, 13, 29, 391, 361, 33, 21, 29, 59, 317, 205, 185, 199, 68,
        11, 42, 11, 29, 36, 21, 16, 370, 16, 371, 246, 38, 70, 7, 331, 11, 60, 57, 188, 200, 200,
        397, 341, 355, 16, 304, 205, 189, 345, 376, 340, 201, 200, 16, 289, 336, 202, 55, 202,
        207, 398, 308, 324, 61, 299, 344, 355, 21, 303, 321, 359, 359, 219, 23, 18, 367, 218,
        219, 220, 21, 16, 360, 16, 360, 73, 72, 144, 126, 275, 276, 323, 247, 271, 17, 368, 17,
        369, 203, 218, 224, 29, 373, 29, 372, 226, 50, 11, 396, 64, 202, 11, 63, 202, 290, 225,
        11, 59, 202, 329, 11, 45, 331, 11, 60, 11, 61, 197, 200, 53, 11, 384, 75, 11, 75, 304,
        199, 11, 61, 363, 363, 174, 199, 202, 145, 232, 42, 42, 75, 366, 366, 61, 188, 189, 390,
        202, 349, 203, 306, 339, 216, 310, 206, 55, 342, 204, 392, 202, 214, 186, 299, 204, 213,
        306, 67, 298, 214, 207, 197, 233, 347, 189, 214, 206, 31, 69, 383, 214, 216, 309, 208,
        203, 69, 33, 4, 31, 60, 33, 377, 207, 202, 302, 31, 19, 60, 33, 31, 356, 33, 65, 31, 356,
        33, 365, 365, 200, 61, 214, 320, 389, 203, 204, 29, 19, 19, 311, 357, 345, 18, 56, 313,
        19, 42, 40, 43, 34, 44, 32, 45, 10, 46, 32, 9, 323, 7, 47, 17, 17, 6, 312, 214, 309, 233,
        6, 12, 57, 305, 302, 13, 36, 362, 201, 317, 200, 38, 68, 362, 308, 70, 41, 71, 5, 35,
        7, 8, 39, 14, 15, 32, 69, 37, 30, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 290, 330, 203, 340,
        189, 205, 198, 381, 225, 305, 189, 188, 201, 197, 185, 60, 319, 248, 202, 78, 251, 252,
        77, 252, 399, 197, 209, 202, 380, 214, 204, 298, 188, 309, 147, 339, 336, 341, 225, 147,
        255, 206, 305, 201, 346, 40, 364, 40, 64, 310, 233, 40, 64, 197, 347, 40, 364, 200, 187,
        310, 202, 62, 199, 200, 202, 302, 29, 1, 1, 1, 59, 203, 198, 1, 1,
    },
    (const int32_t[653]){
        2, 3, 2, 3, 2, 290, 312, 306, 201, 378, 207, 199, 387, 394, 204, 200, 56, 349, 290, 395,
        226, 225, 354, 16, 324, 290, 354, 330, 199, 11, 61, 374, 205, 200, 346, 18, 3, 2, 67,
        207, 214, 198, 216, 379, 201, 357, 351, 185, 393, 302, 63, 197, 201, 203, 310, 312, 298,
        62, 189, 298, 382, 388, 248, 302, 60, 225, 198, 318, 328, 306, 213, 18, 3, 2, 161, 160,
        168, 163, 169, 164, 166, 171, 172, 155, 159, 165, 149, 157, 158, 176, 154, 167, 175, 162,
        156, 173, 152, 170, 150, 190, 191, 149, 135, 229, 241, 242, 243, 230, 244, 245, 132, 243,
        241, 259, 229, 260, 244, 261, 262, 263, 261, 264, 229, 18, 3, 2, 300, 256, 240, 352, 300,
        223, 253, 239, 300, 237, 238, 239, 240, 125, 228, 234, 235, 118, 227, 228, 353, 352, 353,
        237, 227, 221, 18, 122, 238, 279, 223, 280, 111, 222, 231, 3, 2, 95, 281, 212, 282, 283,
        85, 212, 84, 257, 212, 107, 254, 316, 90, 192, 193, 343, 98, 265, 236, 266, 267, 268,
        269, 270, 343, 80, 268, 277, 278, 194, 16, 83, 236, 81, 210, 211, 212, 195, 101, 236,
        249, 18, 3, 2, 386, 344, 225, 29, 183, 272, 273, 274, 16, 385, 338, 177, 258, 16, 289,
        348, 342, 180, 215, 16, 329, 305, 203, 148, 18, 3, 2, 328, 216, 332, 307, 12, 361, 13,
        29, 391, 361, 33, 21, 29, 59, 317, 205, 185, 199, 68, 11, 42, 11, 29, 36, 21, 16, 370,
        16, 371, 246, 38, 70, 7, 331, 11, 60, 57, 188, 200, 200, 3, 2, 397, 341, 355, 16, 304,
        205, 189, 345, 376, 340, 201, 200, 16, 289, 336, 202, 55, 202, 207, 398, 308, 324, 61,
        299, 344, 355, 3, 2, 21, 303, 321, 359, 359, 219, 23, 18, 367, 218, 219, 220, 21, 16,
        360, 16, 360, 73, 72, 144, 126, 275, 276, 323, 247, 271, 17, 368, 17, 369, 203, 218, 224,
        29, 373, 29, 372, 226, 3, 2, 50, 11, 396, 64, 202, 11, 63, 202, 290, 225, 11, 59, 202,
        329, 11, 45, 331, 11, 60, 11, 61, 197, 200, 53, 11, 384, 75, 11, 75, 304, 199, 11, 61,
        3, 2, 363, 363, 174, 199, 202, 145, 232, 42, 42, 75, 366, 366, 3, 2, 61, 188, 189, 390,
        202, 349, 203, 306, 339, 216, 310, 206, 55, 342, 204, 392, 202, 214, 186, 299, 204, 213,
        306, 67, 298, 214, 207, 197, 233, 347, 189, 214, 206, 3, 2, 31, 69, 383, 214, 216, 309,
        208, 203, 69, 33, 4, 31, 60, 33, 377, 207, 202, 302, 31, 19, 60, 33, 31, 356, 33, 65,
        31, 356, 33, 365, 365, 200, 61, 214, 320, 3, 2, 389, 203, 204, 29, 19, 19, 311, 357, 345,
        18, 56, 313, 19, 42, 40, 43, 34, 44, 32, 45, 10, 46, 32, 9, 323, 7, 47, 17, 17, 6, 312,
        214, 309, 233, 6, 12, 57, 305, 302, 13, 36, 362, 201, 317, 200, 38, 68, 362, 308, 70,
        41, 71, 5, 35, 7, 8, 39, 14, 15, 32, 69, 37, 30, 3, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        290, 3, 2, 330, 203, 340, 189, 205, 198, 381, 225, 305, 189, 188, 201, 197, 185, 60, 319,
        248, 202, 78, 251, 252, 77, 252, 399, 197, 209, 202, 380, 214, 204, 298, 188, 309, 3,
        2, 147, 339, 336, 341, 225, 147, 255, 206, 305, 201, 346, 40, 364, 40, 64, 310, 233, 40,
        64, 197, 347, 40, 364, 200, 187, 310, 202, 3, 2, 62, 199, 200, 202, 302, 29, 1, 1, 1,
        59, 203, 198, 1, 1, 3,
    },
    {
        "",
        "",
        "the quick brown fox jumps over the lazy dog, and the dog isn ' t amused.",
        "zwolf boxkampfer jagen viktor quer uber den gro\303\237en sylter deich.",
        "\346\225\217 \346\215\267 \347\232\204 \346\243\225 \350\211\262 \347\213\220 \347\213\270"
        " \350\267\263 \350\277\207 \344\272\206 \346\207\222 \347\213\227 \343\200\202 \344\275"
        "\240 \345\245\275 \357\274\214 \344\270\226 \347\225\214 \357\274\201 \346\235\261 \344\272"
        "\254 \351\203\275 \343\201\253 \350\241\214 \343\201\215\343\201\276\343\201\231 \343\200"
        "\202 \341\204\222\341\205\241\341\206\253\341\204\200\341\205\256\341\206\250\341\204\213\341"
        "\205\245 \341\204\206\341\205\256\341\206\253\341\204\214\341\205\241\341\206\274\341\204"
        "\213\341\205\265\341\206\270\341\204\202\341\205\265\341\204\203\341\205\241.",
        "\330\247\331\204\330\253\330\271\331\204\330\250 \330\247\331\204\330\250\331\206\331\212 "
        "\330\247\331\204\330\263\330\261\331\212\330\271 \331\212\331\202\331\201\330\262 \331\201"
        "\331\210\331\202 \330\247\331\204\331\203\331\204\330\250 \330\247\331\204\331\203\330\263"
        "\331\210\331\204. \331\205\330\261\330\255\330\250\330\247 \330\250\331\203\331\205",
        "\321\201\321\212\320\265\321\210\321\214 \320\266\320\265 \320\265\321\211\320\265 \321"
        "\215\321\202\320\270\321\205 \320\274\321\217\320\263\320\272\320\270\321\205 \321\204\321"
        "\200\320\260\320\275\321\206\321\203\320\267\321\201\320\272\320\270\321\205 \320\261\321\203"
        "\320\273\320\276\320\272, \320\264\320\260 \320\262\321\213\320\277\320\265\320\270 \321"
        "\207\320\260\321\216.",
        "family : \360\237\221\250\360\237\221\251\360\237\221\247\360\237\221\246, flag \360\237"
        "\207\251\360\237\207\252, thumbs \360\237\221\215\360\237\217\275, heart \342\235\244.",
        "def main ( argc ) : if argc > 1 : return { ' a ' : [ 1, 22, 333 ] } # it ' s pass",
        "leading, double blanks, three new lines and trailing",
        "1 12 123 1234 12345 3. 14159 1, 000, 000 \302\275 \302\262 \342\205\267 \331\243\331\244"
        "\331\245 2026 - 11 - 24t10 : 48 : 45z",
        "i ' ll we ' ve they ' re he ' d it ' s ' tis l ' ete \305\277 ' \305\277 don ' t",
        "cafe cafe \357\254\201ne \342\221\240\342\221\241 a a \305\277 \341\204\200\341\205\241"
        "\341\206\250 \341\204\200\341\205\241\341\206\250",
        "tab hereverticalform nbsp ideographic zerowidthbom",
        "< | endoftext | > < s > between < / s > < extra > x < extra > yesterday yesterdays today",
        "http : / / example. org / a _ b\? c = d & e = % 20 # f - - \" quoted \" ( paren ) [ bracke"
        "ts ] { braces } ` ~! @ # $ ^ * + = | \\ ;",
        "the",
        "istanbul diyarbakir stra\303\237e \317\203\316\261\317\203 \317\202\317\203 naive cooperat"
        "e",
        "\342\226\201already \342\226\201\342\226\201marked _ under _ word _ with _ underscore",
        "unseen : rtl",
    }},
    {"bert-cased", 400,
    {0, 0, 40, 39, 50, 35, 43, 31, 44, 29, 43, 39, 12, 38, 44, 64, 42, 38, 28, 12},
    {2, 2, 42, 41, 52, 37, 45, 33, 46, 31, 45, 41, 14, 40, 46, 66, 44, 40, 30, 14},
    (const int32_t[671]){
        47, 240, 205, 349, 344, 233, 58, 370, 244, 220, 62, 379, 66, 381, 235, 243, 71, 267, 336,
        328, 68, 210, 272, 262, 387, 14, 360, 328, 387, 65, 243, 220, 9, 76, 57, 234, 242, 243,
        369, 16, 50, 244, 231, 211, 236, 35, 379, 233, 391, 380, 206, 66, 375, 339, 48, 208, 233,
        207, 346, 349, 336, 77, 258, 336, 60, 339, 63, 370, 268, 339, 46, 262, 211, 353, 36, 205,
        344, 240, 16, 180, 179, 187, 182, 188, 183, 185, 190, 191, 174, 178, 184, 168, 176, 177,
        196, 173, 186, 195, 181, 175, 192, 171, 189, 169, 299, 300, 168, 152, 212, 213, 214, 215,
        216, 217, 218, 149, 215, 213, 289, 212, 290, 217, 291, 292, 293, 291, 294, 212, 16, 338,
        248, 249, 383, 338, 250, 317, 296, 338, 270, 295, 296, 249, 142, 255, 256, 257, 135, 271,
        255, 385, 383, 385, 270, 271, 247, 16, 139, 295, 314, 250, 315, 128, 269, 303, 95, 285,
        280, 286, 287, 102, 280, 101, 279, 280, 124, 301, 356, 107, 251, 252, 378, 115, 221, 222,
        223, 224, 225, 226, 227, 378, 97, 225, 253, 254, 228, 14, 100, 222, 98, 281, 282, 280,
        229, 118, 222, 260, 16, 38, 355, 372, 262, 27, 203, 318, 319, 318, 320, 318, 321, 14,
        62, 211, 375, 197, 309, 14, 327, 381, 384, 200, 241, 14, 64, 351, 206, 207, 167, 16, 60,
        205, 236, 69, 210, 345, 10, 394, 11, 27, 65, 236, 394, 31, 19, 27, 74, 350, 242, 206,
        220, 83, 9, 57, 9, 27, 51, 19, 14, 20, 237, 14, 21, 238, 238, 53, 85, 5, 364, 9, 75, 365,
        243, 243, 68, 389, 386, 14, 347, 242, 258, 377, 58, 211, 374, 233, 243, 14, 327, 206,
        205, 205, 70, 205, 244, 68, 345, 342, 360, 76, 337, 372, 386, 19, 341, 357, 392, 392,
        273, 21, 16, 19, 239, 283, 273, 284, 19, 14, 393, 14, 393, 88, 87, 163, 143, 312, 313,
        359, 237, 259, 15, 19, 283, 15, 20, 239, 288, 283, 246, 27, 22, 275, 27, 22, 273, 274,
        40, 9, 68, 211, 79, 205, 9, 78, 205, 47, 316, 302, 266, 9, 45, 302, 64, 205, 9, 60, 364,
        9, 46, 9, 76, 208, 243, 68, 9, 61, 343, 90, 9, 90, 36, 263, 297, 9, 47, 396, 396, 193,
        220, 205, 164, 219, 34, 34, 90, 399, 399, 76, 210, 258, 64, 336, 205, 78, 336, 207, 344,
        373, 62, 346, 234, 70, 384, 235, 65, 245, 205, 231, 261, 337, 235, 240, 344, 82, 336,
        231, 310, 244, 208, 245, 371, 311, 258, 231, 234, 29, 84, 61, 340, 231, 236, 343, 232,
        207, 84, 31, 51, 42, 265, 304, 305, 53, 29, 75, 31, 58, 350, 244, 205, 339, 29, 17, 75,
        31, 29, 388, 31, 80, 29, 388, 31, 398, 398, 243, 47, 263, 264, 265, 266, 64, 207, 207,
        235, 27, 17, 17, 348, 391, 377, 16, 71, 352, 17, 57, 55, 58, 32, 59, 30, 60, 8, 61, 30,
        7, 359, 5, 62, 15, 15, 4, 349, 231, 343, 245, 4, 10, 365, 206, 339, 11, 51, 395, 233,
        350, 243, 53, 83, 395, 342, 85, 56, 86, 3, 33, 5, 6, 54, 12, 13, 30, 84, 52, 28, 57, 333,
        335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335,
        335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335,
        335, 335, 335, 328, 40, 243, 207, 374, 258, 242, 211, 36, 306, 266, 265, 307, 308, 265,
        305, 306, 307, 46, 354, 268, 205, 92, 276, 277, 93, 298, 70, 210, 208, 267, 205, 59, 231,
        231, 235, 336, 210, 343, 166, 373, 206, 389, 262, 166, 278, 234, 210, 206, 233, 369, 55,
        397, 55, 79, 346, 245, 55, 79, 208, 371, 55, 397, 243, 209, 346, 205, 77, 220, 243, 205,
        339, 27, 0, 0, 0, 0, 0, 0,
    },
    (const int32_t[711]){
        1, 2, 1, 2, 1, 47, 240, 205, 349, 344, 233, 58, 370, 244, 220, 62, 379, 66, 381, 235,
        243, 71, 267, 336, 328, 68, 210, 272, 262, 387, 14, 360, 328, 387, 65, 243, 220, 9, 76,
        57, 234, 242, 243, 369, 16, 2, 1, 50, 244, 231, 211, 236, 35, 379, 233, 391, 380, 206,
        66, 375, 339, 48, 208, 233, 207, 346, 349, 336, 77, 258, 336, 60, 339, 63, 370, 268, 339,
        46, 262, 211, 353, 36, 205, 344, 240, 16, 2, 1, 180, 179, 187, 182, 188, 183, 185, 190,
        191, 174, 178, 184, 168, 176, 177, 196, 173, 186, 195, 181, 175, 192, 171, 189, 169, 299,
        300, 168, 152, 212, 213, 214, 215, 216, 217, 218, 149, 215, 213, 289, 212, 290, 217, 291,
        292, 293, 291, 294, 212, 16, 2, 1, 338, 248, 249, 383, 338, 250, 317, 296, 338, 270, 295,
        296, 249, 142, 255, 256, 257, 135, 271, 255, 385, 383, 385, 270, 271, 247, 16, 139, 295,
        314, 250, 315, 128, 269, 303, 2, 1, 95, 285, 280, 286, 287, 102, 280, 101, 279, 280, 124,
        301, 356, 107, 251, 252, 378, 115, 221, 222, 223, 224, 225, 226, 227, 378, 97, 225, 253,
        254, 228, 14, 100, 222, 98, 281, 282, 280, 229, 118, 222, 260, 16, 2, 1, 38, 355, 372,
        262, 27, 203, 318, 319, 318, 320, 318, 321, 14, 62, 211, 375, 197, 309, 14, 327, 381,
        384, 200, 241, 14, 64, 351, 206, 207, 167, 16, 2, 1, 60, 205, 236, 69, 210, 345, 10, 394,
        11, 27, 65, 236, 394, 31, 19, 27, 74, 350, 242, 206, 220, 83, 9, 57, 9, 27, 51, 19, 14,
        20, 237, 14, 21, 238, 238, 53, 85, 5, 364, 9, 75, 365, 243, 243, 2, 1, 68, 389, 386, 14,
        347, 242, 258, 377, 58, 211, 374, 233, 243, 14, 327, 206, 205, 205, 70, 205, 244, 68,
        345, 342, 360, 76, 337, 372, 386, 2, 1, 19, 341, 357, 392, 392, 273, 21, 16, 19, 239,
        283, 273, 284, 19, 14, 393, 14, 393, 88, 87, 163, 143, 312, 313, 359, 237, 259, 15, 19,
        283, 15, 20, 239, 288, 283, 246, 27, 22, 275, 27, 22, 273, 274, 2, 1, 40, 9, 68, 211,
        79, 205, 9, 78, 205, 47, 316, 302, 266, 9, 45, 302, 64, 205, 9, 60, 364, 9, 46, 9, 76,
        208, 243, 68, 9, 61, 343, 90, 9, 90, 36, 263, 297, 9, 47, 2, 1, 396, 396, 193, 220, 205,
        164, 219, 34, 34, 90, 399, 399, 2, 1, 76, 210, 258, 64, 336, 205, 78, 336, 207, 344, 373,
        62, 346, 234, 70, 384, 235, 65, 245, 205, 231, 261, 337, 235, 240, 344, 82, 336, 231,
        310, 244, 208, 245, 371, 311, 258, 231, 234, 2, 1, 29, 84, 61, 340, 231, 236, 343, 232,
        207, 84, 31, 51, 42, 265, 304, 305, 53, 29, 75, 31, 58, 350, 244, 205, 339, 29, 17, 75,
        31, 29, 388, 31, 80, 29, 388, 31, 398, 398, 243, 47, 263, 264, 265, 266, 2, 1, 64, 207,
        207, 235, 27, 17, 17, 348, 391, 377, 16, 71, 352, 17, 57, 55, 58, 32, 59, 30, 60, 8, 61,
        30, 7, 359, 5, 62, 15, 15, 4, 349, 231, 343, 245, 4, 10, 365, 206, 339, 11, 51, 395, 233,
        350, 243, 53, 83, 395, 342, 85, 56, 86, 3, 33, 5, 6, 54, 12, 13, 30, 84, 52, 28, 2, 1,
        57, 333, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335,
        335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335, 335,
        335, 335, 335, 335, 335, 328, 2, 1, 40, 243, 207, 374, 258, 242, 211, 36, 306, 266, 265,
        307, 308, 265, 305, 306, 307, 46, 354, 268, 205, 92, 276, 277, 93, 298, 70, 210, 208,
        267, 205, 59, 231, 231, 235, 336, 210, 343, 2, 1, 166, 373, 206, 389, 262, 166, 278, 234,
        210, 206, 233, 369, 55, 397, 55, 79, 346, 245, 55, 79, 208, 371, 55, 397, 243, 209, 346,
        205, 2, 1, 77, 220, 243, 205, 339, 27, 0, 0, 0, 0, 0, 0, 2,
    },
    {
        "",
        "",
        "The quick brown fox jumps over the lazy dog , and the dog isn ' t amused .",
        "Zwolf Boxkampfer jagen Viktor quer uber den gro\303\237en Sylter Deich .",
        "\346\225\217 \346\215\267 \347\232\204 \346\243\225 \350\211\262 \347\213\220 \347\213\270"
        " \350\267\263 \350\277\207 \344\272\206 \346\207\222 \347\213\227 \343\200\202 \344\275"
        "\240 \345\245\275 \357\274\214 \344\270\226 \347\225\214 \357\274\201 \346\235\261 \344\272"
        "\254 \351\203\275 \343\201\253 \350\241\214 \343\201\215\343\201\276\343\201\231 \343\200"
        "\202 \341\204\222\341\205\241\341\206\253\341\204\200\341\205\256\341\206\250\341\204\213\341"
        "\205\245 \341\204\206\341\205\256\341\206\253\341\204\214\341\205\241\341\206\274\341\204"
        "\213\341\205\265\341\206\270\341\204\202\341\205\265\341\204\203\341\205\241 .",
        "\330\247\331\204\330\253\330\271\331\204\330\250 \330\247\331\204\330\250\331\206\331\212 "
        "\330\247\331\204\330\263\330\261\331\212\330\271 \331\212\331\202\331\201\330\262 \331\201"
        "\331\210\331\202 \330\247\331\204\331\203\331\204\330\250 \330\247\331\204\331\203\330\263"
        "\331\210\331\204 . \331\205\330\261\330\255\330\250\330\247 \330\250\331\203\331\205",
        "\320\241\321\212\320\265\321\210\321\214 \320\266\320\265 \320\265\321\211\320\265 \321"
        "\215\321\202\320\270\321\205 \320\274\321\217\320\263\320\272\320\270\321\205 \321\204\321"
        "\200\320\260\320\275\321\206\321\203\320\267\321\201\320\272\320\270\321\205 \320\261\321\203"
        "\320\273\320\276\320\272 , \320\264\320\260 \320\262\321\213\320\277\320\265\320\270 \321"
        "\207\320\260\321\216 .",
        "Family : \360\237\221\250\342\200\215\360\237\221\251\342\200\215\360\237\221\247\342\200"
        "\215\360\237\221\246 , flag \360\237\207\251\360\237\207\252 , thumbs \360\237\221\215\360"
        "\237\217\275 , heart \342\235\244 .",
        "def main ( argc ) : if argc > 1 : return { ' a ' : [ 1 , 22 , 333 ] } # it ' s pass",
        "leading , double blanks , three new lines and trailing",
        "1 12 123 1234 12345 3 . 14159 1 , 000 , 000 \302\275 \302\262 \342\205\247 \331\243\331"
        "\244\331\245 2026 - 11 - 24T10 : 48 : 45Z",
        "I ' ll we ' ve THEY ' RE he ' d it ' S ' tis l ' ete \305\277 ' \305\277 DON ' T",
        "cafe cafe \357\254\201ne \342\221\240\342\221\241 A A \305\277 \341\204\200\341\205\241"
        "\341\206\250 \341\204\200\341\205\241\341\206\250",
        "tab here vertical form nbsp ideographic zero\342\200\213width\357\273\277bom",
        "< | endoftext | > [ MASK ] < s > between < / s > < extra > x < extra > yesterday yesterday"
        "s TODAY",
        "http : / / example . org / a _ b \? c = d & e = % 20 # f - - \" quoted \" ( paren ) [ brac"
        "kets ] { braces } ` ~ ! @ # $ ^ * + = | \\ ;",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the",
        "Istanbul DIYARBAKIR Stra\303\237e \316\243\316\221\316\243 \317\202\317\203 naive cooperat"
        "e",
        "\342\226\201already \342\226\201\342\226\201marked _ under _ word _ with _ underscore",
        "unseen :",
    }},
    {"words", 189,
    {0, 0, 18, 11, 11, 10, 12, 19, 29, 10, 59, 26, 10, 11, 17, 34, 41, 7, 12, 10},
    {0, 0, 18, 11, 11, 10, 12, 19, 29, 10, 59, 26, 10, 11, 17, 34, 41, 7, 12, 10},
    (const int32_t[347]){
        15, 110, 63, 81, 93, 106, 15, 95, 30, 4, 26, 15, 30, 90, 5, 19, 55, 7, 139, 60, 92, 129,
        109, 123, 68, 82, 115, 67, 7, 177, 34, 176, 4, 175, 35, 178, 34, 169, 168, 7, 157, 156,
        158, 164, 162, 160, 159, 7, 163, 161, 152, 150, 149, 155, 151, 153, 146, 4, 148, 147,
        154, 7, 77, 13, 184, 20, 185, 20, 183, 20, 182, 4, 79, 180, 4, 119, 181, 4, 84, 174, 7,
        66, 99, 23, 27, 39, 89, 27, 11, 2, 13, 113, 141, 14, 37, 18, 2, 4, 3, 3, 4, 8, 8, 8, 51,
        22, 32, 5, 9, 108, 96, 4, 71, 58, 4, 118, 104, 97, 26, 122, 2, 2, 3, 2, 3, 8, 2, 3, 8,
        10, 2, 3, 8, 10, 16, 8, 7, 2, 10, 2, 16, 44, 2, 4, 6, 6, 6, 4, 6, 6, 6, 2, 171, 3, 3,
        128, 165, 166, 167, 3, 6, 3, 42, 24, 2, 2, 24, 3, 10, 19, 2, 6, 13, 10, 43, 13, 10, 16,
        137, 87, 5, 98, 130, 5, 126, 117, 5, 112, 83, 5, 29, 32, 5, 9, 5, 120, 94, 5, 74, 9, 5,
        9, 70, 5, 19, 28, 28, 78, 2, 3, 14, 14, 9, 33, 33, 116, 85, 127, 80, 103, 88, 138, 170,
        131, 179, 59, 47, 73, 142, 186, 17, 9, 11, 57, 46, 9, 11, 188, 134, 188, 135, 136, 187,
        86, 45, 75, 7, 105, 41, 14, 12, 56, 50, 64, 48, 29, 36, 72, 49, 3, 6, 22, 76, 40, 21,
        111, 21, 23, 107, 38, 18, 62, 25, 140, 61, 143, 52, 53, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        15, 91, 69, 114, 145, 144, 102, 65, 172, 54, 173, 100, 12, 124, 12, 133, 12, 132, 12,
        125, 0, 13, 0, 0, 0, 0, 0, 0, 0, 0,
    },
    (const int32_t[347]){
        15, 110, 63, 81, 93, 106, 15, 95, 30, 4, 26, 15, 30, 90, 5, 19, 55, 7, 139, 60, 92, 129,
        109, 123, 68, 82, 115, 67, 7, 177, 34, 176, 4, 175, 35, 178, 34, 169, 168, 7, 157, 156,
        158, 164, 162, 160, 159, 7, 163, 161, 152, 150, 149, 155, 151, 153, 146, 4, 148, 147,
        154, 7, 77, 13, 184, 20, 185, 20, 183, 20, 182, 4, 79, 180, 4, 119, 181, 4, 84, 174, 7,
        66, 99, 23, 27, 39, 89, 27, 11, 2, 13, 113, 141, 14, 37, 18, 2, 4, 3, 3, 4, 8, 8, 8, 51,
        22, 32, 5, 9, 108, 96, 4, 71, 58, 4, 118, 104, 97, 26, 122, 2, 2, 3, 2, 3, 8, 2, 3, 8,
        10, 2, 3, 8, 10, 16, 8, 7, 2, 10, 2, 16, 44, 2, 4, 6, 6, 6, 4, 6, 6, 6, 2, 171, 3, 3,
        128, 165, 166, 167, 3, 6, 3, 42, 24, 2, 2, 24, 3, 10, 19, 2, 6, 13, 10, 43, 13, 10, 16,
        137, 87, 5, 98, 130, 5, 126, 117, 5, 112, 83, 5, 29, 32, 5, 9, 5, 120, 94, 5, 74, 9, 5,
        9, 70, 5, 19, 28, 28, 78, 2, 3, 14, 14, 9, 33, 33, 116, 85, 127, 80, 103, 88, 138, 170,
        131, 179, 59, 47, 73, 142, 186, 17, 9, 11, 57, 46, 9, 11, 188, 134, 188, 135, 136, 187,
        86, 45, 75, 7, 105, 41, 14, 12, 56, 50, 64, 48, 29, 36, 72, 49, 3, 6, 22, 76, 40, 21,
        111, 21, 23, 107, 38, 18, 62, 25, 140, 61, 143, 52, 53, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        15, 91, 69, 114, 145, 144, 102, 65, 172, 54, 173, 100, 12, 124, 12, 133, 12, 132, 12,
        125, 0, 13, 0, 0, 0, 0, 0, 0, 0, 0,
    },
    {
        "",
        "",
        "the quick brown fox jumps over the lazy dog , and the dog isn ' t amused .",
        "zwolf boxkampfer jagen viktor quer uber den gro\303\237en sylter deich .",
        "\346\225\217\346\215\267\347\232\204\346\243\225\350\211\262\347\213\220\347\213\270\350"
        "\267\263\350\277\207\344\272\206\346\207\222\347\213\227 \343\200\202 \344\275\240\345\245"
        "\275 , \344\270\226\347\225\214 ! \346\235\261\344\272\254\351\203\275\343\201\253\350\241"
        "\214\343\201\215\343\201\276\343\201\231 \343\200\202 \341\204\222\341\205\241\341\206\253"
        "\341\204\200\341\205\256\341\206\250\341\204\213\341\205\245 \341\204\206\341\205\256\341"
        "\206\253\341\204\214\341\205\241\341\206\274\341\204\213\341\205\265\341\206\270\341\204\202"
        "\341\205\265\341\204\203\341\205\241 .",
        "\330\247\331\204\330\253\330\271\331\204\330\250 \330\247\331\204\330\250\331\206\331\212 "
        "\330\247\331\204\330\263\330\261\331\212\330\271 \331\212\331\202\331\201\330\262 \331\201"
        "\331\210\331\202 \330\247\331\204\331\203\331\204\330\250 \330\247\331\204\331\203\330\263"
        "\331\210\331\204 . \331\205\330\261\330\255\330\250\330\247 \330\250\331\203\331\205",
        "\321\201\321\212\320\265\321\210\321\214 \320\266\320\265 \320\265\321\211\320\265 \321"
        "\215\321\202\320\270\321\205 \320\274\321\217\320\263\320\272\320\270\321\205 \321\204\321"
        "\200\320\260\320\275\321\206\321\203\320\267\321\201\320\272\320\270\321\205 \320\261\321\203"
        "\320\273\320\276\320\272 , \320\264\320\260 \320\262\321\213\320\277\320\265\320\270 \321"
        "\207\320\260\321\216 .",
        "family : \360\237\221\250 \342\200\215 \360\237\221\251 \342\200\215 \360\237\221\247 \342"
        "\200\215 \360\237\221\246 , flag \360\237\207\251\360\237\207\252 , thumbs \360\237\221"
        "\215\360\237\217\275 , heart \342\235\244 .",
        "def main ( argc ): if argc > 1 : return {' a ': [ 1 , 2 2 , 3 3 3 ]} # it ' s pass",
        "leading , double blanks , three new lines and trailing",
        "1 1 2 1 2 3 1 2 3 4 1 2 3 4 5 3 . 1 4 1 5 9 1 , 0 0 0 , 0 0 0 1 \342\201\204 2 2 viii \331"
        "\243 \331\244 \331\245 2 0 2 6 - 1 1 - 2 4 t 1 0 : 4 8 : 4 5 z",
        "i ' ll we ' ve they ' re he ' d it ' s ' tis l ' ete s ' s don ' t",
        "cafe cafe fine 1 2 a a s \341\204\200\341\205\241\341\206\250 \341\204\200\341\205\241\341"
        "\206\250",
        "tab here vertical form nbsp ideographic zero \342\200\213 width \357\273\277 bom",
        "<| endoftext |> < s > between </ s > <extra> x <extra> yesterday yesterdays today",
        "http :// example . org / a _ b \? c = d & e =% 2 0 # f -- \" quoted \" ( paren ) [ bracket"
        "s ] { braces } `~!@#$^*+=|\\;",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa theaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the",
        "istanbul diyarbakir stra\303\237e \317\203\316\261\317\203 \317\202\317\203 naive cooperat"
        "e",
        "\342\226\201 already \342\226\201\342\226\201 marked _ under _ word _ with _ underscore",
        ":",
    }},
    {"pieces", 350,
    {0, 0, 34, 36, 36, 42, 43, 31, 37, 27, 40, 21, 11, 34, 26, 50, 41, 32, 24, 17},
    {0, 0, 34, 36, 36, 42, 43, 31, 37, 27, 40, 21, 11, 34, 26, 50, 41, 32, 24, 17},
    (const int32_t[582]){
        346, 238, 231, 64, 55, 269, 76, 67, 59, 268, 63, 74, 266, 72, 68, 272, 210, 65, 54, 79,
        78, 283, 12, 282, 210, 283, 264, 67, 243, 235, 74, 72, 236, 14, 47, 76, 89, 65, 59, 329,
        64, 86, 266, 59, 218, 63, 252, 220, 349, 64, 73, 224, 238, 218, 90, 55, 218, 57, 220,
        60, 269, 85, 220, 344, 65, 239, 332, 231, 61, 14, 172, 171, 179, 174, 180, 175, 177, 182,
        183, 166, 170, 176, 160, 168, 169, 12, 165, 178, 292, 167, 184, 163, 181, 161, 164, 162,
        160, 193, 186, 190, 189, 192, 191, 187, 188, 14, 225, 132, 137, 277, 225, 131, 143, 145,
        225, 136, 134, 145, 137, 145, 139, 138, 135, 138, 144, 139, 280, 277, 280, 136, 144, 141,
        14, 142, 147, 134, 150, 133, 147, 131, 146, 130, 131, 149, 140, 148, 142, 150, 96, 123,
        102, 121, 125, 103, 102, 102, 122, 129, 126, 115, 240, 109, 128, 100, 276, 117, 113, 97,
        110, 119, 116, 104, 114, 276, 98, 116, 108, 111, 107, 12, 101, 97, 99, 124, 112, 102,
        106, 120, 97, 127, 14, 336, 263, 78, 24, 202, 156, 203, 156, 201, 156, 200, 12, 59, 65,
        252, 196, 197, 12, 233, 74, 66, 255, 199, 198, 12, 209, 222, 73, 159, 194, 14, 258, 59,
        66, 54, 223, 307, 308, 62, 59, 278, 28, 16, 24, 232, 73, 74, 71, 67, 80, 301, 297, 48,
        16, 12, 315, 12, 245, 18, 50, 82, 3, 265, 242, 69, 54, 72, 72, 237, 250, 279, 12, 228,
        74, 55, 237, 55, 65, 227, 64, 72, 12, 233, 232, 58, 67, 58, 76, 65, 223, 229, 282, 234,
        263, 279, 16, 221, 241, 241, 19, 241, 246, 18, 14, 313, 314, 23, 16, 12, 281, 12, 281,
        16, 157, 17, 17, 45, 248, 37, 151, 152, 153, 244, 317, 13, 312, 13, 316, 44, 311, 24,
        318, 24, 246, 47, 339, 65, 273, 305, 347, 298, 34, 209, 302, 265, 299, 243, 264, 65, 304,
        73, 87, 72, 242, 331, 342, 289, 289, 59, 223, 58, 221, 84, 84, 154, 185, 185, 73, 54,
        55, 209, 232, 272, 73, 231, 253, 59, 224, 66, 67, 255, 69, 62, 258, 68, 60, 219, 69, 61,
        231, 79, 218, 68, 155, 274, 57, 233, 195, 55, 68, 66, 319, 220, 228, 59, 73, 230, 73,
        81, 28, 48, 341, 340, 320, 55, 261, 273, 220, 26, 270, 286, 77, 286, 290, 290, 72, 348,
        61, 73, 73, 69, 24, 230, 235, 69, 237, 310, 60, 54, 52, 55, 324, 322, 296, 321, 244, 295,
        13, 13, 293, 68, 73, 236, 2, 306, 222, 220, 9, 48, 288, 64, 261, 72, 50, 80, 288, 229,
        82, 53, 83, 291, 294, 51, 309, 323, 49, 25, 216, 217, 217, 217, 217, 217, 217, 217, 217,
        217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217,
        217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 210, 91, 72, 73, 227,
        55, 74, 65, 333, 46, 326, 330, 338, 345, 85, 58, 93, 92, 93, 94, 95, 67, 54, 88, 271,
        56, 68, 89, 69, 218, 54, 73, 58, 158, 253, 232, 250, 78, 158, 158, 66, 222, 64, 236, 287,
        52, 76, 224, 57, 52, 274, 233, 287, 72, 56, 224, 58, 74, 67, 72, 58, 220, 24, 0, 0, 0,
        0, 71, 73, 65, 0, 0, 0, 0,
    },
    (const int32_t[582]){
        346, 238, 231, 64, 55, 269, 76, 67, 59, 268, 63, 74, 266, 72, 68, 272, 210, 65, 54, 79,
        78, 283, 12, 282, 210, 283, 264, 67, 243, 235, 74, 72, 236, 14, 47, 76, 89, 65, 59, 329,
        64, 86, 266, 59, 218, 63, 252, 220, 349, 64, 73, 224, 238, 218, 90, 55, 218, 57, 220,
        60, 269, 85, 220, 344, 65, 239, 332, 231, 61, 14, 172, 171, 179, 174, 180, 175, 177, 182,
        183, 166, 170, 176, 160, 168, 169, 12, 165, 178, 292, 167, 184, 163, 181, 161, 164, 162,
        160, 193, 186, 190, 189, 192, 191, 187, 188, 14, 225, 132, 137, 277, 225, 131, 143, 145,
        225, 136, 134, 145, 137, 145, 139, 138, 135, 138, 144, 139, 280, 277, 280, 136, 144, 141,
        14, 142, 147, 134, 150, 133, 147, 131, 146, 130, 131, 149, 140, 148, 142, 150, 96, 123,
        102, 121, 125, 103, 102, 102, 122, 129, 126, 115, 240, 109, 128, 100, 276, 117, 113, 97,
        110, 119, 116, 104, 114, 276, 98, 116, 108, 111, 107, 12, 101, 97, 99, 124, 112, 102,
        106, 120, 97, 127, 14, 336, 263, 78, 24, 202, 156, 203, 156, 201, 156, 200, 12, 59, 65,
        252, 196, 197, 12, 233, 74, 66, 255, 199, 198, 12, 209, 222, 73, 159, 194, 14, 258, 59,
        66, 54, 223, 307, 308, 62, 59, 278, 28, 16, 24, 232, 73, 74, 71, 67, 80, 301, 297, 48,
        16, 12, 315, 12, 245, 18, 50, 82, 3, 265, 242, 69, 54, 72, 72, 237, 250, 279, 12, 228,
        74, 55, 237, 55, 65, 227, 64, 72, 12, 233, 232, 58, 67, 58, 76, 65, 223, 229, 282, 234,
        263, 279, 16, 221, 241, 241, 19, 241, 246, 18, 14, 313, 314, 23, 16, 12, 281, 12, 281,
        16, 157, 17, 17, 45, 248, 37, 151, 152, 153, 244, 317, 13, 312, 13, 316, 44, 311, 24,
        318, 24, 246, 47, 339, 65, 273, 305, 347, 298, 34, 209, 302, 265, 299, 243, 264, 65, 304,
        73, 87, 72, 242, 331, 342, 289, 289, 59, 223, 58, 221, 84, 84, 154, 185, 185, 73, 54,
        55, 209, 232, 272, 73, 231, 253, 59, 224, 66, 67, 255, 69, 62, 258, 68, 60, 219, 69, 61,
        231, 79, 218, 68, 155, 274, 57, 233, 195, 55, 68, 66, 319, 220, 228, 59, 73, 230, 73,
        81, 28, 48, 341, 340, 320, 55, 261, 273, 220, 26, 270, 286, 77, 286, 290, 290, 72, 348,
        61, 73, 73, 69, 24, 230, 235, 69, 237, 310, 60, 54, 52, 55, 324, 322, 296, 321, 244, 295,
        13, 13, 293, 68, 73, 236, 2, 306, 222, 220, 9, 48, 288, 64, 261, 72, 50, 80, 288, 229,
        82, 53, 83, 291, 294, 51, 309, 323, 49, 25, 216, 217, 217, 217, 217, 217, 217, 217, 217,
        217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217,
        217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 217, 210, 91, 72, 73, 227,
        55, 74, 65, 333, 46, 326, 330, 338, 345, 85, 58, 93, 92, 93, 94, 95, 67, 54, 88, 271,
        56, 68, 89, 69, 218, 54, 73, 58, 158, 253, 232, 250, 78, 158, 158, 66, 222, 64, 236, 287,
        52, 76, 224, 57, 52, 274, 233, 287, 72, 56, 224, 58, 74, 67, 72, 58, 220, 24, 0, 0, 0,
        0, 71, 73, 65, 0, 0, 0, 0,
    },
    {
        "",
        "",
        "Thequickbrownfoxjumpsoverthelazydog,andthedogisn'tamused.",
        "Zw\303\266lfBoxk\303\244mpferjagenViktorquer\303\274berdengro\303\237enSylterDeich.",
        "\346\225\217\346\215\267\347\232\204\346\243\225\350\211\262\347\213\220\347\213\270\350"
        "\267\263\350\277\207\344\272\206\346\207\222\347\213\227\343\200\202\344\275\240\345\245\275"
        ",\344\270\226\347\225\214!\346\235\261\344\272\254\351\203\275\343\201\253\350\241\214\343"
        "\201\215\343\201\276\343\201\231\343\200\202\355\225\234\352\265\255\354\226\264\353\254"
        "\270\354\236\245\354\236\205\353\213\210\353\213\244.",
        "\330\247\331\204\330\253\330\271\331\204\330\250\330\247\331\204\330\250\331\206\331\212"
        "\330\247\331\204\330\263\330\261\331\212\330\271\331\212\331\202\331\201\330\262\331\201\331"
        "\210\331\202\330\247\331\204\331\203\331\204\330\250\330\247\331\204\331\203\330\263\331"
        "\210\331\204.\331\205\331\216\330\261\331\222\330\255\331\216\330\250\331\213\330\247\330"
        "\250\331\220\331\203\331\217\331\205\331\222",
        "\320\241\321\212\320\265\321\210\321\214\320\266\320\265\320\265\321\211\321\221\321\215"
        "\321\202\320\270\321\205\320\274\321\217\320\263\320\272\320\270\321\205\321\204\321\200\320"
        "\260\320\275\321\206\321\203\320\267\321\201\320\272\320\270\321\205\320\261\321\203\320"
        "\273\320\276\320\272,\320\264\320\260\320\262\321\213\320\277\320\265\320\271\321\207\320"
        "\260\321\216.",
        "Family:\360\237\221\250\342\200\215\360\237\221\251\342\200\215\360\237\221\247\342\200"
        "\215\360\237\221\246,flag\360\237\207\251\360\237\207\252,thumbs\360\237\221\215\360\237\217"
        "\275,heart\342\235\244\357\270\217.",
        "defmain(argc):ifargc>1:return{'a':[1,22,333]}#it'spass",
        "leading,doubleblanks,threenewlinesandtrailing",
        "1121231234123453.141591,000,0001\342\201\20422VIII\331\243\331\244\331\2452026-11-24T10:48"
        ":45Z",
        "I'llwe'veTHEY'REhe'dit'S'tisl'\303\251t\303\251s'sDON'T",
        "caf\303\251caf\303\251fine12\303\205\303\205\341\271\251\352\260\201\352\260\201",
        "tabhereverticalformnbspideographiczero\342\200\213width\357\273\277bom",
        "<|endoftext|>[MASK]<s>between<s><extra>x<extra>yesterdayyesterdaysTODAY",
        "http:example.orga_b\?c=d&e=%20#f--\"quoted\"(paren)[brackets]{braces}`~!@#$^*+=|\\;",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "atheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaat"
        "heaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaatheaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaathe",
        "\304\260stanbulD\304\260YARBAKIRStra\303\237e\316\243\316\221\316\243\317\202\317\203na"
        "\303\257veco\303\266perate",
        "\342\226\201already\342\226\201\342\226\201marked_under_word_with_underscore",
        "unseen:rtl",
    }},
};

#endif
