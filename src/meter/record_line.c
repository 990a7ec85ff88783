// Lines of a record, written and read.
//
//   pt1 CRC KIND key=value key=value ...
//
// CRC-32 of what stands behind it and its blank, in 8 hexadecimal digits. Values are plain ASCII:
// every other byte, and what separates, is %XX.

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "base/parse.h"
#include "meter/record.h"
#include "sensor/containment.h"

#define MAGIC "pt1 "
enum { MAGIC_LENGTH = 4, CRC_LENGTH = 8, HEAD_LENGTH = MAGIC_LENGTH + CRC_LENGTH + 1 };
enum { NUMBER_SIZE = 32 };

static const char *const kinds[] = {"run", "state", "end"};

// -------------------------------------------------------------------------------------- writing
struct text {
    char *bytes;
    size_t length, size;
    bool full;
};

static void put(struct text *text, const char *bytes, size_t length)
{
    text->full = text->full || length > text->size - text->length;
    if (text->full)
        return;
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
}

static void put_plain(struct text *text, const char *plain)
{
    put(text, plain, strlen(plain));
}

static bool stands_for_itself(unsigned char byte)
{
    return isalnum(byte) || (byte != '\0' && strchr("._/+@-[]:", byte) != NULL);
}

static void put_escaped(struct text *text, const char *value)
{
    static const char digits[] = "0123456789abcdef";
    for (; *value != '\0'; value++) {
        unsigned char byte = (unsigned char)*value;
        char escaped[3] = {'%', digits[byte >> 4], digits[byte & 15]};
        if (byte < 0x80 && stands_for_itself(byte))
            put(text, value, 1);
        else
            put(text, escaped, sizeof escaped);
    }
}

static void put_key(struct text *text, const char *key)
{
    put_plain(text, " ");
    put_plain(text, key);
    put_plain(text, "=");
}

static void put_text(struct text *text, const char *key, const char *value)
{
    if (value[0] == '\0')
        return;
    put_key(text, key);
    put_escaped(text, value);
}

static void put_integer(struct text *text, const char *key, int64_t value)
{
    char digits[NUMBER_SIZE];
    snprintf(digits, sizeof digits, "%" PRId64, value);
    put_key(text, key);
    put_plain(text, digits);
}

// Unknown is "nan".
static void put_number(struct text *text, double value)
{
    char digits[NUMBER_SIZE];
    put_plain(text, pt_format_double(value, digits));
}

static void put_real(struct text *text, const char *key, double value)
{
    put_key(text, key);
    put_number(text, value);
}

static void put_quantity(struct text *text, struct pt_quantity quantity)
{
    put_number(text, quantity.value);
    put_plain(text, ",");
    put_number(text, quantity.low);
    put_plain(text, ",");
    put_number(text, quantity.high);
    put_plain(text, ",");
    put_plain(text, pt_provenance_text(quantity.provenance));
}

static struct text begin(const struct pt_record_run *run, enum pt_record_kind kind, char *line,
                         size_t size)
{
    struct text text = {.bytes = line, .size = size};
    put_plain(&text, MAGIC "00000000 ");
    put_plain(&text, kinds[kind]);
    put_text(&text, "run", run->uid);
    put_text(&text, "boot", run->boot_id);
    put_text(&text, "host", run->host);
    return text;
}

static size_t finish(struct text *text)
{
    char crc[CRC_LENGTH + 1];
    size_t checked = text->length;
    put_plain(text, "\n");
    if (text->full)
        return 0;
    snprintf(crc, sizeof crc, "%08lx",
             crc32(0, (const Bytef *)text->bytes + HEAD_LENGTH, (uInt)(checked - HEAD_LENGTH)));
    memcpy(text->bytes + MAGIC_LENGTH, crc, CRC_LENGTH);
    return text->length;
}

// The fields of a run and of its job, once for both directions.
#define RUN_TEXTS(X)                                                                               \
    X("parent", parent_uid)                                                                        \
    X("command", command)                                                                          \
    X("program", program)                                                                          \
    X("sensor", sensor) X("source", source) X("region", region) X("tariff", tariff)                \
        X("ledger", ledger) X("launcher", job.launcher) X("name", job.run_name) X("job", job.key)  \
            X("job_id", job.job_id) X("step", job.step_id) X("node", job.node)                     \
                X("nodes", job.node_list) X("gres", job.gres)
#define RUN_INTEGERS(X)                                                                            \
    X("pid", pid)                                                                                  \
    X("node_count", job.node_count)                                                                \
    X("rank", job.rank)                                                                            \
    X("rank_count", job.rank_count) X("ranks_here", job.ranks_here) X("cpus", job.cpus_here)       \
        X("attempt", job.attempt)

size_t pt_record_format_run(const struct pt_record_run *run, char *line, size_t size)
{
    struct text text = begin(run, PT_RECORD_RUN, line, size);
#define PUT(key, field) put_text(&text, key, run->field);
    RUN_TEXTS(PUT)
#undef PUT
#define PUT(key, field) put_integer(&text, key, run->field);
    RUN_INTEGERS(PUT)
#undef PUT
    return finish(&text);
}

// "channel=ID;machine;ours;provenance"
static void put_channel(struct text *text, const struct pt_record_channel *channel)
{
    put_text(text, "channel", channel->id);
    put_plain(text, ";");
    put_number(text, channel->machine_joules);
    put_plain(text, ";");
    put_number(text, channel->our_joules);
    put_plain(text, ";");
    put_plain(text, pt_provenance_text(channel->provenance));
}

// "phase=NAME;seconds;joules,low,high,provenance"
static void put_phase(struct text *text, const struct pt_record_phase *phase)
{
    put_text(text, "phase", phase->name);
    put_plain(text, ";");
    put_number(text, phase->seconds);
    put_plain(text, ";");
    put_quantity(text, phase->joules);
}

size_t pt_record_format_state(const struct pt_record_run *run, const struct pt_record_state *state,
                              char *line, size_t size)
{
    struct text text = begin(run, PT_RECORD_STATE, line, size);
    put_integer(&text, "number", state->number);
    put_integer(&text, "monotonic_ns", state->monotonic_ns);
    put_integer(&text, "realtime_ns", state->realtime_ns);
    put_integer(&text, "start_ns", state->start_monotonic_ns);
    put_real(&text, "seconds", state->seconds);
    put_real(&text, "cpu_seconds", state->cpu_seconds);
    put_real(&text, "coverage", state->coverage);
    put_real(&text, "suspended", state->suspended_seconds);
    put_key(&text, "joules");
    put_quantity(&text, state->joules);
    put_key(&text, "machine");
    put_quantity(&text, state->machine_joules);
    put_text(&text, "now", state->phase);
    put_integer(&text, "counts_machine", state->counts_machine);
    put_text(&text, "quality", state->gap ? "gap" : pt_provenance_text(state->joules.provenance));
    for (int i = 0; i < state->channel_count; i++)
        put_channel(&text, &state->channels[i]);
    for (int i = 0; i < state->phase_count; i++)
        put_phase(&text, &state->phases[i]);
    return finish(&text);
}

size_t pt_record_format_end(const struct pt_record_run *run, int64_t number,
                            const struct pt_record_end *end, char *line, size_t size)
{
    struct text text = begin(run, PT_RECORD_END, line, size);
    put_integer(&text, "number", number);
    put_integer(&text, "exit_status", end->exit_status);
    put_integer(&text, "signal", end->signal);
    return finish(&text);
}

// -------------------------------------------------------------------------------------- reading
static int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

// False if an escape is wrong or the text does not fit.
static bool unescape(const char *from, size_t length, char *to, size_t size)
{
    size_t out = 0;
    for (size_t i = 0; i < length; i++) {
        char byte = from[i];
        if (byte == '%') {
            int high = i + 2 < length ? hex_digit(from[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(from[i + 2]) : -1;
            if (low < 0 || high * 16 + low == 0)
                return false;
            byte = (char)(high * 16 + low);
            i += 2;
        }
        if (out + 1 >= size)
            return false;
        to[out++] = byte;
    }
    to[out] = '\0';
    return true;
}

static bool take_real(const char *text, double *ret)
{
    if (strcmp(text, "nan") == 0) {
        *ret = NAN;
        return true;
    }
    return pt_parse_double(text, ret);
}

// The next part of *rest up to separator, which is overwritten with a NUL; NULL: there is none.
static char *next_part(char **rest, char separator)
{
    char *part = *rest;
    if (part == NULL)
        return NULL;
    char *end = strchr(part, separator);
    if (end != NULL)
        *end++ = '\0';
    *rest = end;
    return part;
}

static bool take_next_real(char **rest, char separator, double *ret)
{
    char *part = next_part(rest, separator);
    return part != NULL && take_real(part, ret);
}

static bool take_provenance(const char *text, enum pt_provenance *ret)
{
    *ret = text != NULL ? pt_provenance_parse(text) : PT_MISSING;
    return text != NULL && (*ret != PT_MISSING || strcmp(text, "missing") == 0);
}

static bool take_quantity(char *text, struct pt_quantity *ret)
{
    struct pt_quantity quantity;
    if (!take_next_real(&text, ',', &quantity.value) ||
        !take_next_real(&text, ',', &quantity.low) || !take_next_real(&text, ',', &quantity.high))
        return false;
    if (!take_provenance(text, &quantity.provenance))
        return false;
    bool known = isfinite(quantity.value) && quantity.low <= quantity.value &&
                 quantity.value <= quantity.high && quantity.low >= 0;
    if (known == (quantity.provenance == PT_MISSING))
        return false;
    *ret = known ? quantity : pt_quantity_missing();
    return true;
}

static enum pt_channel_scope scope_of(const char *id)
{
    size_t length = strcspn(id, ":");
    for (int i = 0; i < PT_CHANNEL_SCOPES; i++) {
        const char *name = pt_scope_name((enum pt_channel_scope)i);
        if (strlen(name) == length && strncmp(id, name, length) == 0)
            return (enum pt_channel_scope)i;
    }
    return PT_CHANNEL_UNKNOWN;
}

static bool take_channel(struct pt_record_state *state, char *text)
{
    if (state->channel_count == PT_CHANNELS_MAX)
        return false;
    struct pt_record_channel *channel = &state->channels[state->channel_count++];
    char *id = next_part(&text, ';');
    if (!unescape(id, strlen(id), channel->id, sizeof channel->id) ||
        !take_next_real(&text, ';', &channel->machine_joules) ||
        !take_next_real(&text, ';', &channel->our_joules))
        return false;
    channel->scope = scope_of(channel->id);
    return take_provenance(text, &channel->provenance) && channel->machine_joules >= 0 &&
           channel->our_joules >= 0;
}

static bool take_phase(struct pt_record_state *state, char *text)
{
    if (state->phase_count == PT_PHASES_MAX)
        return false;
    struct pt_record_phase *phase = &state->phases[state->phase_count++];
    char *name = next_part(&text, ';');
    return unescape(name, strlen(name), phase->name, sizeof phase->name) &&
           take_next_real(&text, ';', &phase->seconds) && phase->seconds >= 0 && text != NULL &&
           take_quantity(text, &phase->joules);
}

static bool take_state_field(struct pt_record_state *state, const char *key, char *value)
{
    int64_t integer = 0;
#define INTEGER(name, field)                                                                       \
    if (strcmp(key, name) == 0)                                                                    \
        return pt_parse_int64(value, &state->field) && state->field >= 0;
    INTEGER("number", number)
    INTEGER("monotonic_ns", monotonic_ns)
    INTEGER("realtime_ns", realtime_ns)
    INTEGER("start_ns", start_monotonic_ns)
#undef INTEGER
#define REAL(name, field)                                                                          \
    if (strcmp(key, name) == 0)                                                                    \
        return take_real(value, &state->field);
    REAL("seconds", seconds)
    REAL("cpu_seconds", cpu_seconds)
    REAL("coverage", coverage)
    REAL("suspended", suspended_seconds)
#undef REAL
    if (strcmp(key, "joules") == 0)
        return take_quantity(value, &state->joules);
    if (strcmp(key, "machine") == 0)
        return take_quantity(value, &state->machine_joules);
    if (strcmp(key, "now") == 0)
        return unescape(value, strlen(value), state->phase, sizeof state->phase);
    if (strcmp(key, "channel") == 0)
        return take_channel(state, value);
    if (strcmp(key, "phase") == 0)
        return take_phase(state, value);
    if (strcmp(key, "quality") == 0)
        state->gap = strcmp(value, "gap") == 0;
    if (strcmp(key, "counts_machine") == 0) {
        if (!pt_parse_int64(value, &integer))
            return false;
        state->counts_machine = integer == 1;
    }
    return true; // of a newer version, perhaps
}

static bool take_run_field(struct pt_record_run *run, const char *key, char *value)
{
    size_t length = strlen(value);
#define TAKE(name, field)                                                                          \
    if (strcmp(key, name) == 0)                                                                    \
        return unescape(value, length, run->field, sizeof run->field);
    TAKE("run", uid)
    TAKE("boot", boot_id)
    TAKE("host", host)
    RUN_TEXTS(TAKE)
#undef TAKE
#define TAKE(name, field)                                                                          \
    if (strcmp(key, name) == 0)                                                                    \
        return pt_parse_int64(value, &run->field);
    RUN_INTEGERS(TAKE)
#undef TAKE
    return true;
}

static bool take_end_field(struct pt_record_end *end, const char *key, const char *value)
{
    int64_t integer;
    int *field = strcmp(key, "exit_status") == 0 ? &end->exit_status
                 : strcmp(key, "signal") == 0    ? &end->signal
                                                 : NULL;
    if (field == NULL)
        return true;
    if (!pt_parse_int64(value, &integer) || integer < 0 || integer > 255)
        return false;
    *field = (int)integer;
    return true;
}

static bool take_field(struct pt_record_line *line, char *field)
{
    char *value = field;
    char *key = next_part(&value, '=');
    if (value == NULL || key[0] == '\0')
        return false;
    bool of_all = strcmp(key, "run") == 0 || strcmp(key, "boot") == 0 || strcmp(key, "host") == 0;
    if (of_all || line->kind == PT_RECORD_RUN)
        return take_run_field(&line->run, key, value);
    if (line->kind == PT_RECORD_STATE)
        return take_state_field(&line->state, key, value);
    return line->kind != PT_RECORD_END || take_end_field(&line->end, key, value);
}

// Sums of two times fit into 64 bits: 146 years, from 1970 to 2116.
#define TIME_MAX    (INT64_MAX / 2)
#define SECONDS_MAX 4e9

static bool is_uid(const char *uid)
{
    return strlen(uid) == PT_RECORD_UID_SIZE - 1 && strspn(uid, "0123456789abcdef") == strlen(uid);
}

// What no writer of ours can have said.
static bool is_plausible(const struct pt_record_line *line)
{
    const struct pt_record_run *run = &line->run;
    const struct pt_record_state *state = &line->state;
    if (!is_uid(run->uid) || run->boot_id[0] == '\0')
        return false;
    if (line->kind == PT_RECORD_RUN)
        return run->parent_uid[0] == '\0' || is_uid(run->parent_uid);
    if (line->kind == PT_RECORD_STATE)
        return state->number >= 1 && state->start_monotonic_ns <= state->monotonic_ns &&
               state->monotonic_ns < TIME_MAX && state->realtime_ns < TIME_MAX &&
               state->seconds >= 0 && state->seconds < SECONDS_MAX &&
               state->suspended_seconds >= 0 && state->suspended_seconds < SECONDS_MAX;
    return true;
}

static bool is_checked(const char *text, size_t length)
{
    char crc[CRC_LENGTH + 1];
    if (length < HEAD_LENGTH || memcmp(text, MAGIC, MAGIC_LENGTH) != 0 ||
        text[HEAD_LENGTH - 1] != ' ')
        return false;
    snprintf(crc, sizeof crc, "%08lx",
             crc32(0, (const Bytef *)text + HEAD_LENGTH, (uInt)(length - HEAD_LENGTH)));
    return memcmp(text + MAGIC_LENGTH, crc, CRC_LENGTH) == 0;
}

static enum pt_record_kind kind_of(const char *word)
{
    int kind = PT_RECORD_RUN;
    while (kind < PT_RECORD_OTHER && strcmp(word, kinds[kind]) != 0)
        kind++;
    return (enum pt_record_kind)kind;
}

bool pt_record_parse(const char *text, size_t length, struct pt_record_line *ret_line)
{
    char fields[PT_RECORD_LINE_MAX];
    if (length >= sizeof fields || !is_checked(text, length) || memchr(text, '\0', length) != NULL)
        return false;
    memcpy(fields, text + HEAD_LENGTH, length - HEAD_LENGTH);
    fields[length - HEAD_LENGTH] = '\0';
    *ret_line = (struct pt_record_line){.run.job.rank = -1,
                                        .state.joules = pt_quantity_missing(),
                                        .state.machine_joules = pt_quantity_missing()};
    char *rest = fields;
    ret_line->kind = kind_of(next_part(&rest, ' '));
    for (char *field; (field = next_part(&rest, ' ')) != NULL;)
        if (!take_field(ret_line, field))
            return false;
    return is_plausible(ret_line);
}
