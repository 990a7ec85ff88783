// What every test program needs: cmocka, temporary folders, files with given content.
#ifndef PT_TEST_SUPPORT_H
#define PT_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "base/status.h"

// cmocka 1.1.5 has no comparison of doubles.
#define assert_near(actual, expected, tolerance)                                                   \
    do {                                                                                           \
        double actual_ = (actual), expected_ = (expected), tolerance_ = (tolerance);               \
        if (!(fabs(actual_ - expected_) <= tolerance_)) {                                          \
            print_error("%s is %.17g, expected %.17g +- %g\n", #actual, actual_, expected_,        \
                        tolerance_);                                                               \
            fail();                                                                                \
        }                                                                                          \
    } while (0)

// The status, and the message if it is another one.
#define assert_status(actual, expected, error)                                                     \
    do {                                                                                           \
        enum pt_status actual_ = (actual);                                                         \
        if (actual_ != (expected)) {                                                               \
            print_error("%s: %s (%s), expected %s\n", #actual, pt_status_text(actual_),            \
                        actual_ == PT_OK ? "" : (error)->message, pt_status_text(expected));       \
            fail();                                                                                \
        }                                                                                          \
    } while (0)

#define assert_contains(text, part)                                                                \
    do {                                                                                           \
        if (strstr((text), (part)) == NULL) {                                                      \
            print_error("\"%s\" does not contain \"%s\"\n", (text), (part));                       \
            fail();                                                                                \
        }                                                                                          \
    } while (0)

// A new empty folder; removed with all it holds when the program exits. Lives as long as the
// program.
const char *test_folder(void);
// Writes text to folder/path, makes the folders in between. Returns the whole path.
const char *test_file(const char *folder, const char *path, const char *text);
const char *test_file_bytes(const char *folder, const char *path, const void *bytes, size_t length);
// folder/path, borrowed until the program ends.
const char *test_path(const char *folder, const char *path);
// The whole file as a text that the caller frees.
char *test_read(const char *path, size_t *ret_length);

#endif
