// Options of a verb: one table drives parsing and --help.

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "cli/verb.h"

static void print_help(const struct pt_verb *verb, const struct pt_option *options)
{
    printf("usage: powertrain %s\n\n%s\n\n", verb->synopsis, verb->summary);
    for (const struct pt_option *option = options; option->name != NULL; option++) {
        char left[64];
        snprintf(left, sizeof left, "%c%c%s--%s%s%s", option->letter ? '-' : ' ',
                 option->letter ? option->letter : ' ', option->letter ? ", " : "  ", option->name,
                 option->argument != NULL ? " " : "",
                 option->argument != NULL ? option->argument : "");
        printf("  %-26s %s\n", left, option->help);
    }
    printf("  %-26s %s\n\nexample:\n  %s\n", "-h, --help", "this text", verb->example);
}

static bool mistake(const struct pt_verb *verb, int *ret_exit, const char *text, const char *value)
{
    fprintf(stderr, "powertrain %s: %s%s; powertrain %s --help lists the options\n", verb->name,
            text, value, verb->name);
    *ret_exit = PT_EXIT_USAGE;
    return false;
}

static bool unknown_option(const struct pt_verb *verb, const struct pt_option *options,
                           const char *name, int *ret_exit)
{
    const char *names[64] = {NULL};
    for (int i = 0; options[i].name != NULL && i < 63; i++)
        names[i] = options[i].name;
    const char *near = pt_nearest_word(name, names);
    if (near == NULL)
        return mistake(verb, ret_exit, "unknown option --", name);
    fprintf(stderr, "powertrain %s: unknown option --%s; did you mean --%s?\n", verb->name, name,
            near);
    *ret_exit = PT_EXIT_USAGE;
    return false;
}

static bool set_value(const struct pt_verb *verb, const struct pt_option *option, const char *text,
                      int *ret_exit)
{
    struct pt_option_list *list;
    bool fits = true;
    switch (option->kind) {
    case PT_OPTION_FLAG:
        *(bool *)option->value = true;
        break;
    case PT_OPTION_TEXT:
        *(const char **)option->value = text;
        break;
    case PT_OPTION_INTEGER:
        fits = pt_parse_int64(text, option->value);
        break;
    case PT_OPTION_NUMBER:
        fits = pt_parse_double(text, option->value);
        break;
    case PT_OPTION_LIST:
        list = option->value;
        if (list->count == PT_OPTION_LIST_MAX)
            return mistake(verb, ret_exit, "too many of --", option->name);
        list->texts[list->count++] = text;
        break;
    }
    if (fits)
        return true;
    fprintf(stderr, "powertrain %s: --%s %s: not %s\n", verb->name, option->name, text,
            option->kind == PT_OPTION_INTEGER ? "a whole number" : "a number");
    *ret_exit = PT_EXIT_USAGE;
    return false;
}

static const struct pt_option *find_option(const struct pt_option *options, const char *name,
                                           size_t length, char letter)
{
    for (const struct pt_option *option = options; option->name != NULL; option++)
        if (letter != 0 ? option->letter == letter
                        : strlen(option->name) == length && memcmp(option->name, name, length) == 0)
            return option;
    return NULL;
}

// Parses the option at argv[*index]; moves *index to its last word.
static bool parse_option(const struct pt_verb *verb, const struct pt_option *options, int argc,
                         char **argv, int *index, int *ret_exit)
{
    const char *word = argv[*index];
    bool is_long = word[1] == '-';
    const char *name = is_long ? word + 2 : word + 1;
    const char *equals = is_long ? strchr(name, '=') : NULL;
    size_t length = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const struct pt_option *option =
        find_option(options, name, length, is_long ? 0 : (length == 1 ? *name : '\1'));
    if (option == NULL)
        return is_long ? unknown_option(verb, options, name, ret_exit)
                       : mistake(verb, ret_exit, "unknown option ", word);
    if (option->kind == PT_OPTION_FLAG) {
        if (equals != NULL)
            return mistake(verb, ret_exit, "takes no value: --", option->name);
        return set_value(verb, option, NULL, ret_exit);
    }
    const char *text = equals != NULL ? equals + 1 : NULL;
    if (text == NULL && *index + 1 < argc)
        text = argv[++*index];
    if (text == NULL)
        return mistake(verb, ret_exit, "a value is missing behind --", option->name);
    return set_value(verb, option, text, ret_exit);
}

bool pt_parse_options(const struct pt_verb *verb, const struct pt_option *options, int argc,
                      char **argv, bool stop_at_operand, int *ret_first, int *ret_exit)
{
    int operand_count = 0;
    int i = 1;
    char **operands = calloc((size_t)argc + 1, sizeof *operands);
    bool go_on = operands != NULL;
    if (!go_on)
        *ret_exit = PT_EXIT_FAILED;
    for (; go_on && i < argc; i++) {
        const char *word = argv[i];
        if (strcmp(word, "--") == 0) {
            i++;
            break;
        }
        if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            print_help(verb, options);
            *ret_exit = PT_EXIT_OK;
            go_on = false;
        } else if (word[0] == '-' && word[1] != '\0') {
            go_on = parse_option(verb, options, argc, argv, &i, ret_exit);
        } else if (stop_at_operand) {
            break;
        } else {
            operands[operand_count++] = argv[i];
        }
    }
    // The operands that stood among the options go right before the rest.
    int first = i - operand_count;
    for (int k = 0; go_on && k < operand_count; k++)
        argv[first + k] = operands[k];
    *ret_first = first;
    free(operands);
    return go_on;
}

int pt_exit_with(const struct pt_verb *verb, enum pt_status status, const struct pt_error *error)
{
    static const int exits[] = {
        [PT_OK] = PT_EXIT_OK,
        [PT_USAGE] = PT_EXIT_USAGE,
        [PT_BAD_INPUT] = PT_EXIT_BAD_INPUT,
        [PT_NOT_FOUND] = PT_EXIT_BAD_INPUT,
        [PT_UNAVAILABLE] = PT_EXIT_MISSING,
        [PT_DENIED] = PT_EXIT_DENIED,
        [PT_CORRUPT] = PT_EXIT_BAD_INPUT,
        [PT_MISMATCH] = PT_EXIT_BAD_INPUT,
        [PT_OVERFLOW] = PT_EXIT_BAD_INPUT,
        [PT_INFEASIBLE] = PT_EXIT_INFEASIBLE,
        [PT_UNSUPPORTED] = PT_EXIT_BAD_INPUT,
    };
    fprintf(stderr, "powertrain %s: %s\n", verb->name, error->message);
    int code = (size_t)status < sizeof exits / sizeof *exits ? exits[status] : 0;
    return code != 0 || status == PT_OK ? code : PT_EXIT_FAILED;
}

bool pt_wants_color(FILE *stream)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    return (no_color == NULL || *no_color == '\0') && term != NULL && strcmp(term, "dumb") != 0 &&
           isatty(fileno(stream));
}
