// Text becomes a number only here: whole string, checked range, no locale.
#ifndef PT_BASE_PARSE_H
#define PT_BASE_PARSE_H

#include "base/status.h"

// False, and *ret untouched, unless all of text is one finite number ("1e-3", ".5", "12"); no
// blanks, no hexadecimal, no nan or inf, independent of the locale.
bool pt_parse_double(const char *text, double *ret);
// Decimal, optional sign; false if it leaves int64_t. Underscores are not accepted.
bool pt_parse_int64(const char *text, int64_t *ret);
// "1h30m", "90s", "250ms", "2d" or plain seconds.
bool pt_parse_duration(const char *text, double *ret_seconds);
// "512MiB", "2GB", "4096".
bool pt_parse_bytes(const char *text, int64_t *ret_bytes);
// "7B", "15T", "1.5M", "300k" or a plain number; decimal multiples.
bool pt_parse_count(const char *text, double *ret_count);

// The word of the NULL-terminated list that is nearest to text, or NULL if none is near
// (Damerau-Levenshtein distance of at most a third of the length).
const char *pt_nearest_word(const char *text, const char *const *words);

#endif
