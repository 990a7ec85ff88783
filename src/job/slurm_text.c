// See slurm_text.h. Formats: Slurm 22.05, slurm/src/api/job_info.c and scontrol(1), squeue(1),
// sacct(1); states: job_state_string() in src/common/slurm_protocol_defs.c.

#include "job/slurm_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

enum { WORD_SIZE = 128 };

static const struct {
    const char *name;
    enum pt_remote_view view;
} states[] = {
    {"PENDING", PT_VIEW_QUEUED},      {"CONFIGURING", PT_VIEW_QUEUED},
    {"REQUEUED", PT_VIEW_QUEUED},     {"REQUEUE_FED", PT_VIEW_QUEUED},
    {"REQUEUE_HOLD", PT_VIEW_HELD},   {"SPECIAL_EXIT", PT_VIEW_HELD},
    {"RESV_DEL_HOLD", PT_VIEW_HELD},  {"RUNNING", PT_VIEW_RUNNING},
    {"RESIZING", PT_VIEW_RUNNING},    {"SIGNALING", PT_VIEW_RUNNING},
    {"SUSPENDED", PT_VIEW_FROZEN},    {"STOPPED", PT_VIEW_FROZEN},
    {"COMPLETING", PT_VIEW_ENDING},   {"STAGE_OUT", PT_VIEW_ENDING},
    {"COMPLETED", PT_VIEW_ENDED},     {"FAILED", PT_VIEW_ENDED},
    {"CANCELLED", PT_VIEW_ENDED},     {"DEADLINE", PT_VIEW_ENDED},
    {"OUT_OF_MEMORY", PT_VIEW_ENDED}, {"TIMEOUT", PT_VIEW_CUT},
    {"NODE_FAIL", PT_VIEW_CUT},       {"BOOT_FAIL", PT_VIEW_CUT},
    {"PREEMPTED", PT_VIEW_CUT},       {"REVOKED", PT_VIEW_CUT},
};

// The text behind " key=", up to the next blank. False: it is not there, or too long.
static bool find_word(const char *line, const char *key, char word[WORD_SIZE])
{
    size_t length = strlen(key);
    for (const char *at = line; (at = strstr(at, key)) != NULL; at += length) {
        if ((at != line && at[-1] != ' ') || at[length] != '=')
            continue;
        const char *value = at + length + 1;
        size_t count = strcspn(value, " \n");
        if (count >= WORD_SIZE)
            return false;
        memcpy(word, value, count);
        word[count] = '\0';
        return true;
    }
    return false;
}

// Up to four digits; -1: it is none.
static int read_digits(const char **text, const char *ends)
{
    int value = 0, count = 0;
    for (; **text >= '0' && **text <= '9' && count < 6; (*text)++, count++)
        value = value * 10 + (**text - '0');
    if (count == 0 || strchr(ends, **text) == NULL)
        return -1;
    return value;
}

// "1-02:03:04" or "02:03:04"; NAN: it is none.
static double read_duration(const char *text)
{
    int days = 0, parts[3];
    const char *dash = strchr(text, '-');
    if (dash != NULL && ((days = read_digits(&text, "-")) < 0 || text++ != dash))
        return NAN;
    for (int i = 0; i < 3; i++) {
        parts[i] = read_digits(&text, i < 2 ? ":" : "");
        if (parts[i] < 0 || (i < 2 && *text++ != ':'))
            return NAN;
    }
    return *text == '\0' ? days * 86400.0 + parts[0] * 3600.0 + parts[1] * 60.0 + parts[2] : NAN;
}

// "0:15": exit status and signal.
static bool read_exit(const char *text, int64_t *ret_exit, int64_t *ret_signal)
{
    int status = read_digits(&text, ":");
    if (status < 0 || *text++ != ':')
        return false;
    int number = read_digits(&text, "");
    if (number < 0 || *text != '\0' || status > 255 || number > 64)
        return false;
    *ret_exit = status;
    *ret_signal = number;
    return true;
}

// Also "CANCELLED by 1000" and "CANCELLED+".
static bool use_state(const char *name, struct pt_remote_look *look)
{
    size_t length = strcspn(name, " +,");
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (strlen(states[i].name) != length || strncmp(states[i].name, name, length) != 0)
            continue;
        look->view = states[i].view;
        look->cancelled =
            strncmp(name, "CANCELLED", length) == 0 || strncmp(name, "DEADLINE", length) == 0;
        return true;
    }
    return false;
}

// A job that was cancelled while it waited has 0:0, and that is no success.
static void use_exit(const char *text, struct pt_remote_look *look)
{
    if (read_exit(text, &look->exit_status, &look->signal))
        look->status_known = look->view == PT_VIEW_ENDED && (!look->cancelled || look->signal != 0);
}

static bool is_held(const char *line)
{
    char word[WORD_SIZE];
    if (find_word(line, "Priority", word) && strcmp(word, "0") == 0)
        return true;
    return find_word(line, "Reason", word) &&
           (strncmp(word, "JobHeld", 7) == 0 || strstr(word, "held") != NULL);
}

enum pt_status pt_slurm_read_job(const char *line, struct pt_remote_look *ret_look,
                                 bool *ret_frozen_by_signal, struct pt_error *error)
{
    char word[WORD_SIZE];
    struct pt_remote_look look = {.start_seconds = NAN, .cpu_seconds = NAN, .start_count = -1};
    if (!find_word(line, "JobState", word) || !use_state(word, &look))
        return pt_fail(error, PT_CORRUPT, "slurm: scontrol shows no state of the job: %.80s", line);
    *ret_frozen_by_signal = strcmp(word, "STOPPED") == 0;
    if (look.view == PT_VIEW_QUEUED && is_held(line))
        look.view = PT_VIEW_HELD;
    if (find_word(line, "RunTime", word))
        look.start_seconds = read_duration(word);
    if (find_word(line, "ExitCode", word))
        use_exit(word, &look);
    if (find_word(line, "Restarts", word) && (!pt_parse_int64(word, &look.start_count) ||
                                              look.start_count < 0 || look.start_count > 1000000))
        look.start_count = -1;
    *ret_look = look;
    return PT_OK;
}

enum pt_status pt_slurm_read_accounting(const char *text, struct pt_remote_look *ret_look,
                                        struct pt_error *error)
{
    struct pt_remote_look look = {.start_seconds = NAN, .cpu_seconds = NAN, .start_count = -1};
    bool found = false;
    for (const char *line = text; *line != '\0';) {
        char words[3][WORD_SIZE] = {"", "", ""};
        size_t length = strcspn(line, "\n");
        int64_t seconds;
        // sscanf has no limit of its own on a line, so the fields are cut by hand.
        const char *at = line, *end = line + length;
        for (int i = 0; i < 3 && at < end; i++) {
            size_t count = strcspn(at, "|\n");
            snprintf(words[i], WORD_SIZE, "%.*s", count < WORD_SIZE ? (int)count : 0, at);
            at += count + (at + count < end);
        }
        struct pt_remote_look one = look;
        one.status_known = false;
        if (use_state(words[0], &one)) {
            use_exit(words[1], &one);
            one.start_seconds =
                pt_parse_int64(words[2], &seconds) && seconds >= 0 ? (double)seconds : NAN;
            look = one;
            found = true;
        }
        line += length + (line[length] == '\n');
    }
    if (!found)
        return pt_fail(error, PT_NOT_FOUND, "slurm: sacct knows nothing of the job");
    *ret_look = look;
    return PT_OK;
}

bool pt_slurm_read_number(const char *text, char *handle, size_t size)
{
    size_t length = strspn(text, "0123456789");
    if (length == 0 || length > 18 || length >= size ||
        (text[length] != '\0' && text[length] != ';'))
        return false;
    memcpy(handle, text, length);
    handle[length] = '\0';
    return true;
}

bool pt_slurm_find_tag(const char *text, const char *tag, char *handle, size_t size)
{
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n"), number = strspn(line, "0123456789");
        const char *comment = line + number + 1;
        if (number > 0 && number <= 18 && number < size && number < length && line[number] == ' ' &&
            length - number - 1 == strlen(tag) && strncmp(comment, tag, strlen(tag)) == 0) {
            memcpy(handle, line, number);
            handle[number] = '\0';
            return true;
        }
        line += length + (line[length] == '\n');
    }
    return false;
}

int64_t pt_slurm_tag_count(const char *line)
{
    char word[WORD_SIZE];
    int64_t count;
    if (!find_word(line, "Comment", word) || strncmp(word, "powertrain:", 11) != 0)
        return 0;
    return pt_parse_int64(strrchr(word, ':') + 1, &count) && count >= 0 && count <= 1000000 ? count
                                                                                            : 0;
}
