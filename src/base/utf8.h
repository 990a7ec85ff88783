// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
#ifndef PT_BASE_UTF8_H
#define PT_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

// Decodes the character at text, of which left > 0 bytes remain. Returns its length, 1 to 4, or 0
// if the bytes are no UTF-8.
int pt_utf8_decode(const char *text, size_t left, uint32_t *ret_character);
// Writes a character and returns its length, 1 to 4.
int pt_utf8_encode(uint32_t character, char ret_bytes[4]);
// How many bytes at the beginning of text are whole characters of UTF-8; length if all are.
size_t pt_utf8_valid(const char *text, size_t length);

#endif
