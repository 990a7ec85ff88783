// Lists of nodes as Slurm writes them: names with ranges in brackets, separated by commas.
// Source: slurm.conf(5), "node range expression".

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "meter/record_job.h"

enum { NODE_NAME_SIZE = 256, DIGITS_MAX = 9 };

struct expansion {
    struct pt_arena *arena;
    const char *list;
    const char **names;
    int64_t count;
    struct pt_error *error;
};

static enum pt_status fail(struct expansion *expansion, const char *what)
{
    return pt_fail(expansion->error, PT_BAD_INPUT, "list of nodes \"%.200s\": %s", expansion->list,
                   what);
}

static enum pt_status add(struct expansion *expansion, const char *name)
{
    if (expansion->count == PT_JOB_NODES_MAX)
        return pt_fail(expansion->error, PT_OVERFLOW,
                       "list of nodes \"%.200s\": more than %d nodes", expansion->list,
                       PT_JOB_NODES_MAX);
    char *copy = pt_arena_strdup(expansion->arena, name);
    if (copy == NULL)
        return pt_fail(expansion->error, PT_NO_MEMORY, "list of nodes: out of memory");
    expansion->names[expansion->count++] = copy;
    return PT_OK;
}

// "01" or "17" at *at, of at most DIGITS_MAX digits; its width.
static int take_number(const char **at, long *ret_value)
{
    int width = 0;
    long value = 0;
    while (width < DIGITS_MAX && isdigit((unsigned char)**at)) {
        value = value * 10 + (*(*at)++ - '0');
        width++;
    }
    *ret_value = value;
    return width;
}

static enum pt_status expand(struct expansion *expansion, const char *text, size_t length,
                             char name[NODE_NAME_SIZE], size_t done);

// The rest of a name after one number of a range was chosen.
static enum pt_status choose(struct expansion *expansion, long value, int width, const char *rest,
                             size_t rest_length, char name[NODE_NAME_SIZE], size_t done)
{
    char digits[32];
    int written = snprintf(digits, sizeof digits, "%0*ld", width, value);
    if (done + (size_t)written >= NODE_NAME_SIZE)
        return fail(expansion, "a name is too long");
    memcpy(name + done, digits, (size_t)written);
    return expand(expansion, rest, rest_length, name, done + (size_t)written);
}

static enum pt_status expand_bracket(struct expansion *expansion, const char *text, size_t length,
                                     char name[NODE_NAME_SIZE], size_t done)
{
    const char *close = memchr(text, ']', length), *at = text + 1;
    if (close == NULL)
        return fail(expansion, "a bracket is not closed");
    size_t rest_length = length - (size_t)(close + 1 - text);
    for (;;) {
        long first, last;
        int width = take_number(&at, &first);
        last = first;
        if (width > 0 && *at == '-') {
            at++;
            if (take_number(&at, &last) == 0 || last < first)
                return fail(expansion, "a range that goes nowhere");
        }
        if (width == 0 || (*at != ',' && at != close))
            return fail(expansion, "in brackets stand numbers and ranges, as in [1-3,7]");
        for (long value = first; value <= last; value++) {
            enum pt_status status =
                choose(expansion, value, width, close + 1, rest_length, name, done);
            if (status != PT_OK)
                return status;
        }
        if (at == close)
            return PT_OK;
        at++;
    }
}

// One name from text on, of which name[0..done) is chosen already.
static enum pt_status expand(struct expansion *expansion, const char *text, size_t length,
                             char name[NODE_NAME_SIZE], size_t done)
{
    size_t plain = 0;
    while (plain < length && text[plain] != '[' && text[plain] != ']')
        plain++;
    if (done + plain >= NODE_NAME_SIZE)
        return fail(expansion, "a name is too long");
    memcpy(name + done, text, plain);
    name[done + plain] = '\0';
    if (plain == length)
        return done + plain > 0 ? add(expansion, name) : fail(expansion, "an empty name");
    if (text[plain] == ']')
        return fail(expansion, "a bracket is closed that was not opened");
    return expand_bracket(expansion, text + plain, length - plain, name, done + plain);
}

enum pt_status pt_node_list_expand(struct pt_arena *arena, const char *list,
                                   const char ***ret_names, int64_t *ret_count,
                                   struct pt_error *error)
{
    struct expansion expansion = {.arena = arena, .list = list, .error = error};
    char name[NODE_NAME_SIZE];
    expansion.names = pt_arena_alloc(arena, PT_JOB_NODES_MAX, sizeof *expansion.names);
    if (expansion.names == NULL)
        return pt_fail(error, PT_NO_MEMORY, "list of nodes: out of memory");
    for (const char *at = list;;) {
        int depth = 0;
        size_t length = 0;
        for (; at[length] != '\0' && (at[length] != ',' || depth > 0); length++)
            depth += at[length] == '[' ? 1 : at[length] == ']' ? -1 : 0;
        enum pt_status status = expand(&expansion, at, length, name, 0);
        if (status != PT_OK)
            return status;
        at += length;
        if (*at == '\0')
            break;
        at++;
    }
    *ret_names = expansion.names;
    *ret_count = expansion.count;
    return PT_OK;
}
