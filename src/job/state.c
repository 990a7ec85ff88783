// See state.h.

#include "job/state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json_writer.h"
#include "base/node.h"
#include "job/tree.h"

enum { VERSION = 1, FILE_LIMIT = 16 << 20, PATH_SIZE = 4096 };

static const char *const phase_texts[] = {
#define PHASE_TEXT(name, text) text,
    PT_JOB_PHASE_LIST(PHASE_TEXT)
#undef PHASE_TEXT
        NULL};

const char *pt_job_phase_text(enum pt_job_phase phase)
{
    return phase_texts[phase];
}

bool pt_process_id_lives(struct pt_process_id id)
{
    struct pt_tree_process process;
    return id.pid > 0 && pt_tree_look((int)id.pid, &process) &&
           (int64_t)process.start_ticks == id.start_ticks && process.state != 'Z' &&
           process.state != 'X';
}

// ----------------------------------------------------------------------------------------- names
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

enum pt_status pt_job_check_id(const char *id, struct pt_error *error)
{
    size_t length = strlen(id);
    if (length == 0 || length >= PT_JOB_ID_SIZE)
        return pt_fail(error, PT_USAGE, "job name \"%.80s\": it needs 1 to %d characters", id,
                       PT_JOB_ID_SIZE - 1);
    if (strspn(id, LETTERS) == 0 || strspn(id, LETTERS "-.") != length)
        return pt_fail(error, PT_USAGE,
                       "job name \"%s\": only letters, digits, \"_\", and behind the first also "
                       "\".\" and \"-\"",
                       id);
    return PT_OK;
}

// FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/. A name, no protection.
static uint64_t hash(uint64_t value, const char *text)
{
    do
        value = (value ^ (unsigned char)*text) * 0x100000001b3;
    while (*text++ != '\0');
    return value;
}

void pt_job_make_id(const char *const *command, const char *directory, char id[PT_JOB_ID_SIZE])
{
    const char *slash = strrchr(command[0], '/');
    const char *program = slash != NULL ? slash + 1 : command[0];
    uint64_t value = hash(0xcbf29ce484222325, directory);
    for (int i = 0; command[i] != NULL; i++)
        value = hash(value, command[i]);
    snprintf(id, PT_JOB_ID_SIZE, "%.40s-%016" PRIx64, program, value);
    for (char *c = id + strspn(id, LETTERS "-."); *c != '\0'; c += strspn(c, LETTERS "-."))
        *c = '_';
    if (id[0] == '.' || id[0] == '-')
        id[0] = '_';
}

enum pt_status pt_job_folder(struct pt_arena *arena, const char **ret_folder,
                             struct pt_error *error)
{
    const char *base;
    enum pt_status status = pt_state_directory(arena, &base, error);
    if (status != PT_OK)
        return status;
    const char *folder = pt_arena_printf(arena, "%s/jobs", base);
    if (folder == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the folder of the jobs");
    status = pt_make_directories(folder, error);
    if (status == PT_OK && chmod(folder, 0700) != 0)
        status = pt_fail_errno(error, errno, "%s cannot be kept for its owner alone", folder);
    if (status == PT_OK)
        *ret_folder = folder;
    return status;
}

static enum pt_status file_of(const char *folder, const char *id, const char *ending,
                              char path[PATH_SIZE], struct pt_error *error)
{
    return pt_path_below(path, PATH_SIZE, folder, "/%s%s", id, ending)
               ? PT_OK
               : pt_fail(error, PT_BAD_INPUT, "%s: the path is too long", folder);
}

// --------------------------------------------------------------------------------------- writing
static void write_words(struct pt_json_writer *writer, const char *key, const char *const *words)
{
    if (words == NULL) {
        pt_json_null(writer, key);
        return;
    }
    pt_json_array(writer, key);
    for (int i = 0; words[i] != NULL; i++)
        pt_json_string(writer, NULL, words[i]);
    pt_json_end_array(writer);
}

static void write_process(struct pt_json_writer *writer, const char *key, struct pt_process_id id)
{
    pt_json_object(writer, key);
    pt_json_integer(writer, "pid", id.pid);
    pt_json_integer(writer, "start_ticks", id.start_ticks);
    pt_json_end_object(writer);
}

static void write_state(struct pt_json_writer *writer, const void *object)
{
    const struct pt_job_state *state = object;
    pt_json_object(writer, NULL);
    pt_json_integer(writer, "powertrain_job", VERSION);
    pt_json_string(writer, "id", state->id);
    pt_json_string(writer, "executor", state->executor);
    pt_json_string(writer, "handle", state->handle);
    pt_json_string(writer, "host", state->host);
    pt_json_string(writer, "boot_id", state->boot_id);
    pt_json_string(writer, "cgroup", state->cgroup);
    pt_json_string(writer, "phase", pt_job_phase_text(state->phase));
    pt_json_bool(writer, "by_others", state->by_others);
    pt_json_string(writer, "directory", state->directory);
    write_words(writer, "command", state->command);
    write_words(writer, "resume_command", state->resume_command);
    pt_json_integer(writer, "created_ns", state->created_ns);
    pt_json_integer(writer, "changed_ns", state->changed_ns);
    write_process(writer, "supervisor", state->supervisor);
    write_process(writer, "process", state->process);
    pt_json_integer(writer, "restart_count", state->restart_count);
    pt_json_integer(writer, "suspension_count", state->suspension_count);
    pt_json_bool(writer, "was_killed", state->was_killed);
    pt_json_bool(writer, "status_known", state->status_known);
    pt_json_integer(writer, "exit_status", state->exit_status);
    pt_json_integer(writer, "signal", state->signal);
    pt_json_number(writer, "run_seconds", state->run_seconds);
    pt_json_number(writer, "user_seconds", state->user_seconds);
    pt_json_number(writer, "system_seconds", state->system_seconds);
    pt_json_number(writer, "counted_seconds", state->counted_seconds);
    pt_json_number(writer, "duty", state->duty);
    pt_json_end_object(writer);
}

char *pt_job_state_write(const struct pt_job_state *state, size_t *ret_length)
{
    return pt_json_text(write_state, state, true, ret_length);
}

enum pt_status pt_job_state_save(const char *folder, struct pt_job_state *state,
                                 struct pt_error *error)
{
    char path[PATH_SIZE];
    size_t length;
    enum pt_status status = file_of(folder, state->id, ".json", path, error);
    if (status != PT_OK)
        return status;
    state->changed_ns = pt_clock_realtime(&pt_system_clock);
    char *text = pt_job_state_write(state, &length);
    if (text == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to write %s", path);
    status = pt_atomic_write_private(path, text, length, error);
    free(text);
    return status;
}

// --------------------------------------------------------------------------------------- reading
static enum pt_status copy_text(const struct pt_node *root, const char *key, char *buffer,
                                size_t size, struct pt_error *error)
{
    const char *text = NULL;
    enum pt_status status = pt_node_get_string(root, key, PT_REQUIRED, &text, error);
    if (status == PT_OK && strlen(text) >= size)
        status = pt_node_fail(error, pt_node_find(root, key), "%s: longer than %zu characters", key,
                              size - 1);
    if (status == PT_OK)
        memcpy(buffer, text, strlen(text) + 1);
    return status;
}

static enum pt_status read_words(struct pt_arena *arena, const struct pt_node *root,
                                 const char *key, const char *const **ret_words,
                                 struct pt_error *error)
{
    const struct pt_node *list = pt_node_find(root, key);
    *ret_words = NULL;
    if (list == NULL || list->is_null)
        return PT_OK;
    enum pt_status status = pt_node_check_kind(list, PT_NODE_SEQUENCE, error);
    if (status == PT_OK && (list->count < 1 || list->count > PT_JOB_WORDS_MAX))
        status = pt_node_fail(error, list, "%s: 1 to %d words", key, PT_JOB_WORDS_MAX);
    if (status != PT_OK)
        return status;
    const char **words = pt_arena_alloc(arena, (size_t)list->count + 1, sizeof *words);
    if (words == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the command of a job");
    int64_t count = 0;
    for (const struct pt_node *word = list->first; word != NULL; word = word->next)
        if ((status = pt_node_string(word, &words[count++], error)) != PT_OK)
            return status;
    words[count] = NULL;
    *ret_words = words;
    return PT_OK;
}

static enum pt_status read_process(const struct pt_node *root, const char *key,
                                   struct pt_process_id *id, struct pt_error *error)
{
    const struct pt_node *node = pt_node_find(root, key);
    if (node == NULL)
        return pt_node_fail(error, root, "missing key %s", key);
    enum pt_status status = pt_node_check_kind(node, PT_NODE_MAPPING, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "pid", PT_REQUIRED, 0, INT32_MAX, &id->pid, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "start_ticks", PT_REQUIRED, 0, INT64_MAX,
                                     &id->start_ticks, error);
    return status;
}

static enum pt_status read_numbers(const struct pt_node *root, struct pt_job_state *state,
                                   struct pt_error *error)
{
    const struct {
        const char *key;
        int64_t most, *value;
    } integers[] = {
        {"created_ns", INT64_MAX, &state->created_ns},
        {"changed_ns", INT64_MAX, &state->changed_ns},
        {"restart_count", INT32_MAX, &state->restart_count},
        {"suspension_count", INT32_MAX, &state->suspension_count},
        {"exit_status", 255, &state->exit_status},
        {"signal", 64, &state->signal},
    };
    const struct {
        const char *key;
        double most, *value;
    } numbers[] = {
        {"run_seconds", 1e12, &state->run_seconds},
        {"user_seconds", 1e12, &state->user_seconds},
        {"system_seconds", 1e12, &state->system_seconds},
        {"duty", 1, &state->duty},
    };
    enum pt_status status = pt_node_get_number(root, "counted_seconds", PT_OPTIONAL, 0, 1e12,
                                               &state->counted_seconds, error);
    for (size_t i = 0; status == PT_OK && i < sizeof integers / sizeof *integers; i++)
        status = pt_node_get_integer(root, integers[i].key, PT_REQUIRED, 0, integers[i].most,
                                     integers[i].value, error);
    for (size_t i = 0; status == PT_OK && i < sizeof numbers / sizeof *numbers; i++)
        status = pt_node_get_number(root, numbers[i].key, PT_REQUIRED, 0, numbers[i].most,
                                    numbers[i].value, error);
    return status;
}

static enum pt_status read_texts(struct pt_arena *arena, const struct pt_node *root,
                                 struct pt_job_state *state, struct pt_error *error)
{
    const struct {
        const char *key;
        char *buffer;
        size_t size;
    } texts[] = {
        {"id", state->id, sizeof state->id},
        {"executor", state->executor, sizeof state->executor},
        {"handle", state->handle, sizeof state->handle},
        {"host", state->host, sizeof state->host},
        {"boot_id", state->boot_id, sizeof state->boot_id},
        {"cgroup", state->cgroup, sizeof state->cgroup},
    };
    enum pt_status status = PT_OK;
    for (size_t i = 0; status == PT_OK && i < sizeof texts / sizeof *texts; i++)
        status = copy_text(root, texts[i].key, texts[i].buffer, texts[i].size, error);
    if (status == PT_OK)
        status = pt_job_check_id(state->id, error);
    if (status == PT_OK)
        status = pt_node_get_string(root, "directory", PT_REQUIRED, &state->directory, error);
    if (status == PT_OK)
        status = read_words(arena, root, "command", &state->command, error);
    if (status == PT_OK && state->command == NULL)
        status = pt_node_fail(error, root, "missing key command");
    if (status == PT_OK)
        status = read_words(arena, root, "resume_command", &state->resume_command, error);
    return status;
}

static enum pt_status read_rest(const struct pt_node *root, struct pt_job_state *state,
                                struct pt_error *error)
{
    int phase = 0;
    const struct pt_node *node = pt_node_find(root, "phase");
    enum pt_status status = node == NULL ? pt_node_fail(error, root, "missing key phase")
                                         : pt_node_choice(node, phase_texts, &phase, error);
    state->phase = (enum pt_job_phase)phase;
    if (status == PT_OK)
        status = pt_node_get_bool(root, "by_others", PT_REQUIRED, &state->by_others, error);
    if (status == PT_OK)
        status = pt_node_get_bool(root, "was_killed", PT_REQUIRED, &state->was_killed, error);
    if (status == PT_OK)
        status = pt_node_get_bool(root, "status_known", PT_REQUIRED, &state->status_known, error);
    if (status == PT_OK)
        status = read_process(root, "supervisor", &state->supervisor, error);
    if (status == PT_OK)
        status = read_process(root, "process", &state->process, error);
    return status;
}

enum pt_status pt_job_state_parse(struct pt_arena *arena, const char *text, size_t length,
                                  const char *name, struct pt_job_state *ret_state,
                                  struct pt_error *error)
{
    struct pt_job_state state = {0};
    const struct pt_node *root;
    int64_t version = 0;
    enum pt_status status = pt_json_parse(arena, text, length, name, &root, error);
    if (status == PT_OK)
        status = pt_node_check_kind(root, PT_NODE_MAPPING, error);
    if (status == PT_OK)
        status =
            pt_node_get_integer(root, "powertrain_job", PT_REQUIRED, 1, INT32_MAX, &version, error);
    if (status == PT_OK && version > VERSION)
        return pt_fail(error, PT_MISMATCH,
                       "%s: version %" PRId64 ", written by a newer powertrain; this one knows %d",
                       name, version, VERSION);
    if (status == PT_OK)
        status = read_texts(arena, root, &state, error);
    if (status == PT_OK)
        status = read_numbers(root, &state, error);
    if (status == PT_OK)
        status = read_rest(root, &state, error);
    if (status == PT_OK && !(state.duty > 0))
        status = pt_node_fail(error, root, "duty: 0 would never run");
    if (status == PT_OK)
        *ret_state = state;
    return status;
}

// What cannot be read is not thrown away: it stands beside, for people.
static enum pt_status keep_aside(const char *path, struct pt_error *error)
{
    char aside[PATH_SIZE + 40];
    snprintf(aside, sizeof aside, "%s.damaged-%" PRId64, path,
             pt_clock_realtime(&pt_system_clock) / 1000000000);
    bool moved = rename(path, aside) == 0;
    char reason[300];
    snprintf(reason, sizeof reason, "%.299s", error != NULL ? error->message : "damaged");
    return pt_fail(error, PT_CORRUPT, "%s; %s %.150s", reason,
                   moved ? "the file is kept as" : "and it could not be renamed to", aside);
}

enum pt_status pt_job_state_load(struct pt_arena *arena, const char *folder, const char *id,
                                 struct pt_job_state *ret_state, struct pt_error *error)
{
    char path[PATH_SIZE];
    char *text;
    size_t length;
    struct pt_error own_error;
    struct pt_error *said = error != NULL ? error : &own_error;
    struct pt_job_state state;
    enum pt_status status = file_of(folder, id, ".json", path, error);
    if (status != PT_OK)
        return status;
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return pt_fail(error, PT_NOT_FOUND, "there is no job %s (%s)", id, path);
    status = pt_file_read(arena, path, FILE_LIMIT, &text, &length, said);
    if (status == PT_OK)
        status = pt_job_state_parse(arena, text, length, path, &state, said);
    if (status == PT_OK && strcmp(state.id, id) != 0)
        status = pt_fail(said, PT_BAD_INPUT, "%s: it is of job %s", path, state.id);
    if (status == PT_BAD_INPUT || status == PT_USAGE)
        return keep_aside(path, said);
    if (status == PT_OK)
        *ret_state = state;
    return status;
}

// ------------------------------------------------------------------------------------------ lock
enum pt_status pt_job_lock(const char *folder, const char *id, int *ret_fd, struct pt_error *error)
{
    char path[PATH_SIZE], owner[32] = "";
    enum pt_status status = file_of(folder, id, ".lock", path, error);
    if (status != PT_OK)
        return status;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return pt_fail_errno(error, errno, "cannot write %s", path);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int number = errno;
        ssize_t length = read(fd, owner, sizeof owner - 1);
        owner[length > 0 ? length : 0] = '\0';
        close(fd);
        return number == EWOULDBLOCK
                   ? pt_fail(error, PT_BUSY, "job %s is steered by process %s already", id, owner)
                   : pt_fail_errno(error, number, "cannot lock %s", path);
    }
    snprintf(owner, sizeof owner, "%d", (int)getpid());
    // Only a help for people: the lock is what counts.
    if (ftruncate(fd, 0) != 0 || write(fd, owner, strlen(owner)) < 0)
        owner[0] = '\0';
    *ret_fd = fd;
    return PT_OK;
}
