// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
#ifndef PT_BASE_UTF8_H
#define PT_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

// Decodes the character at text, of which left > 0 bytes remain. Returns its length, 1 to 4, or 0
// if the bytes are no UTF-8.
int pt_utf8_decode(const char *text, size_t left, uint32_t *ret_character);

#endif
