// Decoding and encoding of one character.

#include "base/utf8.h"

#include <string.h>

// Bits of the first byte, length and smallest character of the four forms.
static const struct form {
    uint8_t mask, lead;
    int length;
    uint32_t least;
} forms[] = {
    {0x80, 0x00, 1, 0},
    {0xE0, 0xC0, 2, 0x80},
    {0xF0, 0xE0, 3, 0x800},
    {0xF8, 0xF0, 4, 0x10000},
};

int pt_utf8_decode(const char *text, size_t left, uint32_t *ret_character)
{
    const unsigned char *bytes = (const unsigned char *)text;
    const struct form *form = forms;
    while ((bytes[0] & form->mask) != form->lead)
        if (++form == forms + sizeof forms / sizeof *forms)
            return 0;
    if ((size_t)form->length > left)
        return 0;
    uint32_t character = bytes[0] & (uint8_t)~form->mask;
    for (int i = 1; i < form->length; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
        character = character << 6 | (bytes[i] & 0x3F);
    }
    if (character < form->least || character > 0x10FFFF || (character >> 11) == 0x1B)
        return 0;
    *ret_character = character;
    return form->length;
}

int pt_utf8_encode(uint32_t character, char ret_bytes[4])
{
    int length = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (int i = length - 1; i > 0; i--) {
        ret_bytes[i] = (char)(0x80 | (character & 0x3F));
        character >>= 6;
    }
    ret_bytes[0] = (char)(forms[length - 1].lead | character);
    return length;
}

size_t pt_utf8_valid(const char *text, size_t length)
{
    size_t at = 0;
    uint32_t character;
    uint64_t word;
    while (at < length) {
        while (length - at >= 8) { // eight characters of ASCII at once
            memcpy(&word, text + at, 8);
            if ((word & UINT64_C(0x8080808080808080)) != 0)
                break;
            at += 8;
        }
        if (at == length)
            break;
        int size = pt_utf8_decode(text + at, length - at, &character);
        if (size == 0)
            return at;
        at += (size_t)size;
    }
    return at;
}
