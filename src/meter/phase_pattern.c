// See phase_pattern.h. Sources: pcre2api(3), pcre2unicode(3); ECMA-48 for the sequences.

#include "meter/phase_pattern.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
    // Of what PCRE2 may try on a line, so that a pattern that explodes does not stop the output.
    STEPS_MAX = 100000,
    HEAP_KIB_MAX = 1024,
    TEMPLATE_SIZE = 64,
};

struct pattern {
    char name[TEMPLATE_SIZE]; // with $1
    pcre2_code *code;
};

struct pt_phase_patterns {
    int count;
    pcre2_match_context *context;
    pcre2_match_data *data;
    struct pattern all[PT_PHASE_PATTERNS_MAX];
};

// --------------------------------------------------------------------------------------- compiling
static enum pt_status check_groups(const struct pattern *pattern, const char *text,
                                   struct pt_error *error)
{
    uint32_t groups = 0;
    pcre2_pattern_info(pattern->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    for (const char *at = strchr(pattern->name, '$'); at != NULL; at = strchr(at + 1, '$'))
        if (at[1] >= '1' && at[1] <= '9' && (uint32_t)(at[1] - '0') > groups)
            return pt_fail(error, PT_USAGE,
                           "--phase-regex %s: the name has $%c, the pattern only %u group%s in "
                           "parentheses",
                           text, at[1], groups, groups == 1 ? "" : "s");
    return PT_OK;
}

static enum pt_status compile(const char *text, struct pattern *pattern, struct pt_error *error)
{
    int number;
    PCRE2_SIZE place;
    PCRE2_UCHAR reason[128];
    const char *equals = strchr(text, '=');
    size_t length = equals != NULL ? (size_t)(equals - text) : 0;
    if (length == 0 || length >= sizeof pattern->name)
        return pt_fail(error, PT_USAGE,
                       "--phase-regex %s: not NAME=REGEX with a name of 1 to %d characters, for "
                       "example 'epoch-$1=^Epoch (\\d+)'",
                       text, TEMPLATE_SIZE - 1);
    memcpy(pattern->name, text, length);
    pattern->code = pcre2_compile((PCRE2_SPTR)(equals + 1), PCRE2_ZERO_TERMINATED,
                                  PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C,
                                  &number, &place, NULL);
    if (pattern->code == NULL) {
        pcre2_get_error_message(number, reason, sizeof reason);
        return pt_fail(error, PT_USAGE, "--phase-regex %s: %s at character %zu of the pattern",
                       text, (const char *)reason, (size_t)place + 1);
    }
    return check_groups(pattern, text, error);
}

enum pt_status pt_phase_patterns_compile(const char *const *texts, int count,
                                         struct pt_phase_patterns **ret_patterns,
                                         struct pt_error *error)
{
    if (count > PT_PHASE_PATTERNS_MAX)
        return pt_fail(error, PT_USAGE, "--phase-regex: %d patterns are more than %d", count,
                       PT_PHASE_PATTERNS_MAX);
    struct pt_phase_patterns *patterns = calloc(1, sizeof *patterns);
    enum pt_status status = PT_OK;
    if (patterns == NULL)
        return pt_fail(error, PT_NO_MEMORY, "--phase-regex: out of memory");
    patterns->context = pcre2_match_context_create(NULL);
    patterns->data = pcre2_match_data_create(10, NULL); // $1 to $9 and the whole
    if (patterns->context == NULL || patterns->data == NULL)
        status = pt_fail(error, PT_NO_MEMORY, "--phase-regex: out of memory");
    for (; status == PT_OK && patterns->count < count; patterns->count++)
        status = compile(texts[patterns->count], &patterns->all[patterns->count], error);
    if (status != PT_OK) {
        pt_phase_patterns_destroy(patterns);
        return status;
    }
    pcre2_set_match_limit(patterns->context, STEPS_MAX);
    pcre2_set_heap_limit(patterns->context, HEAP_KIB_MAX);
    *ret_patterns = patterns;
    return PT_OK;
}

void pt_phase_patterns_destroy(struct pt_phase_patterns *patterns)
{
    if (patterns == NULL)
        return;
    for (int i = 0; i < PT_PHASE_PATTERNS_MAX; i++)
        pcre2_code_free(patterns->all[i].code);
    pcre2_match_data_free(patterns->data);
    pcre2_match_context_free(patterns->context);
    free(patterns);
}

// ---------------------------------------------------------------------------------------- matching
static void fill_name(pcre2_match_data *data, int groups, const char *name, const char *line,
                      char ret_name[PT_PHASE_NAME_SIZE])
{
    char text[TEMPLATE_SIZE + 9 * PT_PHASE_NAME_SIZE];
    size_t used = 0;
    const PCRE2_SIZE *places = pcre2_get_ovector_pointer(data);
    for (; *name != '\0' && used + PT_PHASE_NAME_SIZE < sizeof text; name++) {
        int group = name[0] == '$' && name[1] >= '1' && name[1] <= '9' ? name[1] - '0' : 0;
        if (group == 0) {
            text[used++] = *name;
            continue;
        }
        name++;
        if (group >= groups || places[2 * group] == PCRE2_UNSET)
            continue;
        size_t length = places[2 * group + 1] - places[2 * group];
        length = length < PT_PHASE_NAME_SIZE ? length : PT_PHASE_NAME_SIZE;
        memcpy(text + used, line + places[2 * group], length);
        used += length;
    }
    pt_phase_name_clean(text, used, ret_name, PT_PHASE_NAME_SIZE);
}

bool pt_phase_patterns_match(struct pt_phase_patterns *patterns, const char *line, size_t length,
                             char ret_name[PT_PHASE_NAME_SIZE])
{
    for (int i = 0; i < patterns->count; i++) {
        const struct pattern *pattern = &patterns->all[i];
        int groups = pcre2_match(pattern->code, (PCRE2_SPTR)line, length, 0, 0, patterns->data,
                                 patterns->context);
        if (groups < 0) // no match, or too hard
            continue;
        // 0: there are more groups than places, which are all filled
        fill_name(patterns->data, groups == 0 ? 10 : groups, pattern->name, line, ret_name);
        return true;
    }
    return false;
}

// ---------------------------------------------------------------------------------------- scanning
enum { PLAIN, ESCAPED, CONTROL, COMMAND, COMMAND_ESCAPED }; // ESC, ESC [, ESC ], ESC ] ... ESC

// Whether the byte is part of the text. A sequence that never ends does so with the line.
static bool is_text(struct pt_phase_scanner *scanner, char byte)
{
    switch (scanner->escape) {
    case ESCAPED:
        scanner->escape = byte == '[' ? CONTROL : byte == ']' ? COMMAND : PLAIN;
        return false;
    case CONTROL:
        if (byte >= '@' && byte <= '~')
            scanner->escape = PLAIN;
        return false;
    case COMMAND:
        scanner->escape = byte == '\a' ? PLAIN : byte == '\033' ? COMMAND_ESCAPED : COMMAND;
        return false;
    case COMMAND_ESCAPED:
        scanner->escape = byte == '\\' ? PLAIN : COMMAND;
        return false;
    default:
        if (byte != '\033')
            return true;
        scanner->escape = ESCAPED;
        return false;
    }
}

void pt_phase_scanner_end(struct pt_phase_scanner *scanner)
{
    char name[PT_PHASE_NAME_SIZE];
    if (scanner->length > 0 &&
        pt_phase_patterns_match(scanner->patterns, scanner->text, scanner->length, name))
        scanner->take(scanner->state, name, scanner->since_ns);
    scanner->length = 0;
    scanner->escape = PLAIN;
}

void pt_phase_scanner_feed(struct pt_phase_scanner *scanner, const char *bytes, size_t length,
                           int64_t now_ns)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\n' || bytes[i] == '\r') {
            pt_phase_scanner_end(scanner);
            continue;
        }
        if (!is_text(scanner, bytes[i]))
            continue;
        if (scanner->length == 0)
            scanner->since_ns = now_ns;
        if (scanner->length < sizeof scanner->text)
            scanner->text[scanner->length++] = bytes[i];
    }
}
