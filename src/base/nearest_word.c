// "Did you mean": the nearest of some words.

#include <string.h>

#include "base/parse.h"

enum { LONGEST = 64 }; // longer texts are no typing errors

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static int smallest(int a, int b, int c)
{
    int two = a < b ? a : b;
    return two < c ? two : c;
}

// Insertions, deletions, replacements and swaps of neighbors; optimal string alignment, three rows
// of the table at a time. Damerau 1964.
static int distance(const char *a, int a_length, const char *b, int b_length)
{
    int rows[3][LONGEST + 1];
    int *before = rows[0], *last = rows[1], *now = rows[2];
    for (int j = 0; j <= b_length; j++)
        last[j] = j;
    for (int i = 1; i <= a_length; i++) {
        now[0] = i;
        for (int j = 1; j <= b_length; j++) {
            char x = lower(a[i - 1]), y = lower(b[j - 1]);
            now[j] = smallest(last[j] + 1, now[j - 1] + 1, last[j - 1] + (x != y));
            bool swapped = i > 1 && j > 1 && x == lower(b[j - 2]) && lower(a[i - 2]) == y;
            if (swapped && before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
        int *free_row = before;
        before = last;
        last = now;
        now = free_row;
    }
    return last[b_length];
}

const char *pt_nearest_word(const char *text, const char *const *words)
{
    size_t length = strlen(text);
    const char *nearest = NULL;
    int best = LONGEST;
    if (length > LONGEST)
        return NULL;
    for (; *words != NULL; words++) {
        size_t word_length = strlen(*words);
        if (word_length > LONGEST)
            continue;
        int limit = (int)(length > word_length ? length : word_length) / 3;
        int steps = distance(text, (int)length, *words, (int)word_length);
        if (steps <= limit && steps < best) {
            best = steps;
            nearest = *words;
        }
    }
    return nearest;
}
