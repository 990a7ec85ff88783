// Quoting words for a shell.

#include "cli/command_line.h"

#include <string.h>

static bool is_plain(const char *word)
{
    return *word != '\0' && word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                              "0123456789_-./:=,+@%")] == '\0';
}

static const char *quote(struct pt_arena *arena, const char *word)
{
    if (is_plain(word))
        return word;
    char *quoted = pt_arena_alloc(arena, 4 * strlen(word) + 3, 1);
    char *end = quoted;
    if (quoted == NULL)
        return NULL;
    *end++ = '\'';
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            end = stpcpy(end, "'\\''");
        else
            *end++ = *word;
    }
    *end = '\'';
    return quoted;
}

const char *pt_command_line(struct pt_arena *arena, int argc, char **argv)
{
    const char *line = "";
    for (int i = 0; i < argc && line != NULL; i++) {
        const char *word = quote(arena, argv[i]);
        line = word == NULL ? NULL : pt_arena_printf(arena, "%s%s%s", line, i > 0 ? " " : "", word);
    }
    return line;
}
