// powertrain run --list and --cancel: what is planned, runs, is suspended.

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json_writer.h"
#include "base/table.h"
#include "base/units.h"
#include "cli/run_clock.h"
#include "cli/run_job.h"

enum { TEXT_SIZE = 64, NAMES_MAX = 10000 };
static const double grace_seconds = 30;

struct found {
    struct pt_run_journal journal;
    struct pt_job_state job;
    bool has_job, is_steered;
};

// Whether a powertrain run steers it now: who has locked its file. Not by trying to lock it, which
// would keep one out that starts at this moment.
static bool is_steered(const char *folder, const char *id)
{
    char path[4096], line[256];
    struct stat info;
    unsigned long long inode;
    bool found = false;
    FILE *locks = fopen("/proc/locks", "re");
    snprintf(path, sizeof path, "%.3900s/%s.lock", folder, id);
    bool exists = stat(path, &info) == 0;
    while (locks != NULL && exists && !found && fgets(line, sizeof line, locks) != NULL)
        found = strstr(line, "FLOCK") != NULL &&
                sscanf(line, "%*s %*s %*s %*s %*s %*[^:]:%*[^:]:%llu", &inode) == 1 &&
                inode == (unsigned long long)info.st_ino;
    if (locks != NULL)
        fclose(locks);
    return found;
}

static bool find(struct pt_arena *arena, const char *runs, const char *jobs, const char *id,
                 struct found *found)
{
    *found = (struct found){0};
    if (pt_run_journal_load(runs, id, &found->journal, NULL) != PT_OK)
        return false;
    found->has_job = pt_job_state_load(arena, jobs, id, &found->job, NULL) == PT_OK;
    found->is_steered = is_steered(jobs, id);
    return true;
}

static const char *phase_of(const struct found *found)
{
    if (found->journal.is_settled)
        return "ended";
    if (!found->has_job || found->job.phase == PT_JOB_NEW)
        return "planned";
    return pt_job_phase_text(found->job.phase);
}

// So far, at the prices of then; NAN if some is unknown.
static double money_of(const struct pt_run_journal *journal)
{
    double money = 0;
    for (int64_t i = 0; i < journal->interval_count; i++)
        if (journal->intervals[i].joules.value != 0)
            money += journal->intervals[i].joules.value / PT_JOULES_PER_KWH *
                     journal->intervals[i].price;
    return money;
}

static void add_row(struct pt_table *table, const struct found *found)
{
    char next[TEXT_SIZE], time[48], finish[48], deadline[48], cost[TEXT_SIZE];
    const struct pt_run_journal *journal = &found->journal;
    double money = money_of(journal);
    snprintf(next, sizeof next, "%s %s", journal->next_runs ? "runs" : "suspended",
             pt_run_format_time(journal->next_change_ns, time));
    const char *cells[] = {
        journal->id,
        phase_of(found),
        journal->is_settled ? NULL
        : found->is_steered ? "yes"
                            : "nobody: start it again",
        journal->next_change_ns > 0 ? next : NULL,
        journal->finish_ns > 0 ? pt_run_format_time(journal->finish_ns, finish) : NULL,
        pt_run_format_time(journal->deadline_ns, deadline),
        isfinite(money) ? pt_format_money(money, NULL, cost) : NULL,
        journal->command_line,
    };
    pt_table_row(table, cells);
}

static void write_one(struct pt_json_writer *writer, const struct found *found)
{
    const struct pt_run_journal *journal = &found->journal;
    char time[TEXT_SIZE];
    pt_json_object(writer, NULL);
    pt_json_string(writer, "job", journal->id);
    pt_json_string(writer, "command", journal->command_line);
    pt_json_string(writer, "phase", phase_of(found));
    pt_json_bool(writer, "is_steered", found->is_steered);
    pt_json_string(writer, "next_change",
                   journal->next_change_ns > 0 ? pt_format_time(journal->next_change_ns, time)
                                               : NULL);
    pt_json_string(writer, "finish",
                   journal->finish_ns > 0 ? pt_format_time(journal->finish_ns, time) : NULL);
    pt_json_string(writer, "deadline", pt_format_time(journal->deadline_ns, time));
    pt_json_number(writer, "money_so_far", money_of(journal));
    pt_json_number(writer, "run_seconds", pt_run_seconds_of(journal, PT_RUN_RUNNING));
    pt_json_number(writer, "work_seconds", journal->work_seconds);
    pt_json_end_object(writer);
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static enum pt_status names_of(struct pt_arena *arena, const char *folder, char ***ret_names,
                               int *ret_count, struct pt_error *error)
{
    DIR *directory = opendir(folder);
    char **names = pt_arena_alloc(arena, NAMES_MAX, sizeof *names);
    int count = 0;
    struct dirent *entry;
    if (directory == NULL || names == NULL) {
        int number = errno;
        if (directory != NULL)
            closedir(directory);
        return pt_fail_errno(error, number, "%s cannot be read", folder);
    }
    while ((entry = readdir(directory)) != NULL && count < NAMES_MAX) {
        size_t length = strlen(entry->d_name);
        if (length < 6 || strcmp(entry->d_name + length - 5, ".json") != 0)
            continue;
        names[count] = pt_arena_strndup(arena, entry->d_name, length - 5);
        count += names[count] != NULL && pt_job_check_id(names[count], NULL) == PT_OK;
    }
    closedir(directory);
    qsort(names, (size_t)count, sizeof *names, by_name);
    *ret_names = names;
    *ret_count = count;
    return PT_OK;
}

static void list_all(struct pt_arena *arena, const char *runs, const char *jobs, char **names,
                     int count, bool json)
{
    static const char *const headings[] = {"job",        "is",       "steered", "next",
                                           "done about", "deadline", ">cost",   "command"};
    struct pt_table *table = pt_table_create(arena, headings, 8);
    struct pt_json_writer writer;
    struct found found;
    int shown = 0;
    if (json) {
        pt_json_begin(&writer, stdout, true);
        pt_json_array(&writer, NULL);
    }
    for (int i = 0; i < count; i++) {
        if (!find(arena, runs, jobs, names[i], &found))
            continue;
        if (json)
            write_one(&writer, &found);
        else
            add_row(table, &found);
        pt_run_journal_close(&found.journal);
        shown++;
    }
    if (json) {
        pt_json_end_array(&writer);
        fputc('\n', stdout);
    } else if (shown > 0) {
        pt_table_print(table, stdout, isatty(1) ? pt_terminal_width(1) : 0);
    } else {
        puts("no runs: powertrain run --deadline \"tomorrow 08:00\" -- COMMAND ...");
    }
}

int pt_run_list(const struct pt_verb *verb, bool json)
{
    struct pt_error error;
    const char *runs, *jobs;
    char **names = NULL;
    int count = 0;
    struct pt_arena *arena = pt_arena_create();
    enum pt_status status = arena != NULL ? PT_OK : pt_fail(&error, PT_NO_MEMORY, "no memory");
    if (status == PT_OK)
        status = pt_run_folder(arena, &runs, &error);
    if (status == PT_OK)
        status = pt_job_folder(arena, &jobs, &error);
    if (status == PT_OK)
        status = names_of(arena, runs, &names, &count, &error);
    if (status == PT_OK)
        list_all(arena, runs, jobs, names, count, json);
    pt_arena_destroy(arena);
    return status == PT_OK ? PT_EXIT_OK : pt_exit_with(verb, status, &error);
}

// ---------------------------------------------------------------------------------------- cancel
// Who steers it holds its lock, and ends it at our signal; without anybody we end it ourselves.
static enum pt_status cancel_ours(const struct found *found, struct pt_error *error)
{
    struct pt_executor *executor;
    const struct pt_job_spec spec = {.id = found->journal.id,
                                     .command = found->job.command,
                                     .directory = found->job.directory,
                                     .grace_seconds = grace_seconds};
    const char *name = found->job.executor[0] != '\0' ? found->job.executor : "local";
    enum pt_status status = pt_executor_open(name, &spec, &executor, error);
    if (status != PT_OK)
        return status;
    struct pt_job_state job;
    status = pt_executor_stop(executor, grace_seconds, error);
    for (int i = 0; status == PT_OK; i++) {
        status = pt_executor_poll(executor, &job, error);
        if (status != PT_OK || job.phase == PT_JOB_ENDED || job.phase == PT_JOB_NEW ||
            job.phase == PT_JOB_LOST)
            break;
        pt_executor_wait(executor, 0.2);
    }
    pt_executor_close(executor);
    return status;
}

int pt_run_cancel(const struct pt_verb *verb, const char *id)
{
    struct pt_error error;
    struct found found = {0};
    const char *runs, *jobs;
    struct pt_arena *arena = pt_arena_create();
    enum pt_status status = arena != NULL ? PT_OK : pt_fail(&error, PT_NO_MEMORY, "no memory");
    if (status == PT_OK)
        status = pt_job_check_id(id, &error);
    if (status == PT_OK)
        status = pt_run_folder(arena, &runs, &error);
    if (status == PT_OK)
        status = pt_job_folder(arena, &jobs, &error);
    if (status == PT_OK && !find(arena, runs, jobs, id, &found))
        status = pt_fail(&error, PT_NOT_FOUND, "there is no run %s; powertrain run --list", id);
    if (status == PT_OK && found.journal.is_settled)
        status = pt_fail(&error, PT_NOT_FOUND, "the run %s has ended already", id);
    if (status == PT_OK && found.has_job)
        status = cancel_ours(&found, &error);
    if (status == PT_BUSY)
        status = pt_fail(&error, PT_BUSY,
                         "a powertrain run steers %s now: end that with Ctrl-C or kill", id);
    if (status == PT_OK) {
        found.journal.is_settled = true;
        status = pt_run_journal_save(runs, &found.journal, &error);
    }
    if (status == PT_OK)
        printf("%s is canceled\n", id);
    pt_run_journal_close(&found.journal);
    pt_arena_destroy(arena);
    return status == PT_OK ? PT_EXIT_OK : pt_exit_with(verb, status, &error);
}
