// Text becomes a number only here: whole string, checked range, no locale. And back.
#ifndef PT_BASE_PARSE_H
#define PT_BASE_PARSE_H

#include "base/status.h"

// False, and *ret untouched, unless all of text is one finite number ("1e-3", ".5", "12"); no
// blanks, no hexadecimal, no nan or inf, independent of the locale.
bool pt_parse_double(const char *text, double *ret);
// Decimal, optional sign; false if it leaves int64_t. Underscores are not accepted.
bool pt_parse_int64(const char *text, int64_t *ret);

// The next three accept a blank between number and unit, so that they read what pt_format_* prints.
// None accepts a negative number.
//
// "1h30m", "90s", "250ms", "2d" or plain seconds. Units from the largest to the smallest, each
// once: w, d, h, m or min, s, ms, us, ns.
bool pt_parse_duration(const char *text, double *ret_seconds);
// "512MiB", "2GB", "4096". Rounded to the byte; "512M" is refused, for it means two things.
bool pt_parse_bytes(const char *text, int64_t *ret_bytes);
// "7B", "15T", "1.5M", "300k" or a plain number; decimal multiples, exact where a double is.
bool pt_parse_count(const char *text, double *ret_count);

// The word of the NULL-terminated list that is nearest to text, or NULL if none is near
// (Damerau-Levenshtein distance of at most a third of the length, upper and lower case alike).
const char *pt_nearest_word(const char *text, const char *const *words);

// snprintf with a decimal point in every locale.
int pt_format_c(char *buffer, size_t size, const char *format, ...) PT_PRINTF(3, 4);
// The shortest text from which pt_parse_double makes the same number again ("0.1", "1e+22"), or
// "nan", "inf", "-inf". A buffer of at least 32 bytes; returns it.
const char *pt_format_double(double value, char *buffer);

#endif
