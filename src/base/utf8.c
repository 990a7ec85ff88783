// Decoding of one character.

#include "base/utf8.h"

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
