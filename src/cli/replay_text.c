// The replay as a table and as JSON. All figures are means over the starts.

#include <math.h>

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/table.h"
#include "base/units.h"
#include "cli/replay.h"

static const char *const ways[PT_REPLAY_POLICIES] = {
    [PT_REPLAY_NOW] = "start at once",
    [PT_REPLAY_BLOCK] = "one block, in hindsight",
    [PT_REPLAY_CLAIRVOYANT] = "suspended, in hindsight",
    [PT_REPLAY_PERSISTENCE] = "hour by hour, persistence",
    [PT_REPLAY_FORECAST] = "hour by hour, forecast",
};

static double saving(const struct pt_replay *replay, enum pt_replay_policy policy)
{
    double now = replay->results[PT_REPLAY_NOW].money;
    return now == 0 ? NAN : (now - replay->results[policy].money) / fabs(now);
}

static const char *percent(struct pt_arena *arena, double ratio)
{
    return isfinite(ratio) ? pt_arena_printf(arena, "%.1f %%", 100 * ratio) : "-";
}

static void print_row(struct pt_table *table, struct pt_arena *arena,
                      const struct pt_replay_story *story, const struct pt_replay *replay,
                      enum pt_replay_policy policy)
{
    char money[48], energy[48], grams[48], delay[48];
    const struct pt_replay_result *result = &replay->results[policy];
    double starts = replay->start_count;
    bool hindsight = policy != PT_REPLAY_PERSISTENCE && policy != PT_REPLAY_FORECAST;
    const char *cells[] = {
        ways[policy],
        story->minimizes_carbon ? pt_format_grams(result->money / starts, money)
                                : pt_format_money(result->money / starts, story->currency, money),
        percent(arena, saving(replay, policy)),
        hindsight ? NULL : percent(arena, pt_replay_kept(replay, policy)),
        pt_format_joules(result->joules / starts, energy),
        isfinite(result->grams) ? pt_format_grams(result->grams / starts, grams) : NULL,
        pt_format_duration(result->delay_hours / starts * PT_SECONDS_PER_HOUR, delay),
        percent(arena, policy == PT_REPLAY_NOW ? NAN : result->dearest_over),
        pt_arena_printf(arena, "%.1f %%", 100 * result->dearer_count / starts),
        pt_arena_printf(arena, "%d", result->late_count),
    };
    pt_table_row(table, cells);
}

static void print_account(FILE *stream, struct pt_arena *arena, const struct pt_replay_story *story,
                          const struct pt_replay_account *account)
{
    static const char *const headings[] = {"",        ">cost",    ">saved", ">kept",
                                           ">energy", ">CO2e",    ">delay", ">worst start",
                                           ">dearer", ">too late"};
    struct pt_table *table = pt_table_create(arena, headings, sizeof headings / sizeof *headings);
    fprintf(stream, "\n%s, mean of %d starts", account->title, account->replay.start_count);
    if (account->replay.gap_count > 0)
        fprintf(stream, " (%d more left out: the series has gaps there)",
                account->replay.gap_count);
    fputs("\n", stream);
    for (int i = 0; i < PT_REPLAY_POLICIES; i++)
        if (story->shows[i])
            print_row(table, arena, story, &account->replay, (enum pt_replay_policy)i);
    pt_table_print(table, stream, 0);
}

void pt_replay_print(FILE *stream, struct pt_arena *arena, const struct pt_replay_story *story)
{
    char work[48];
    const struct pt_replay_options *options = &story->options;
    fprintf(stream, "%s: %s of work within %d h, a start every %d h, %s\n", story->series,
            pt_format_duration(options->job.work_seconds, work), options->within_hours,
            options->every_hours,
            options->publication.day_ahead ? "prices known a day ahead"
                                           : "nothing known beyond the hour that runs");
    for (int i = 0; i < story->account_count; i++)
        print_account(stream, arena, story, &story->accounts[i]);
    fputs("\nkept: of the saving that was possible in hindsight. worst start: the one that ended "
          "farthest above\nstarting at once; dearer: starts that cost over 1 % more than it.\n",
          stream);
}

static void write_policy(struct pt_json_writer *writer, const struct pt_replay *replay,
                         enum pt_replay_policy policy)
{
    const struct pt_replay_result *result = &replay->results[policy];
    double starts = replay->start_count;
    pt_json_object(writer, NULL);
    pt_json_string(writer, "policy", pt_replay_policy_names[policy]);
    pt_json_number(writer, "mean_cost", result->money / starts);
    pt_json_number(writer, "saving_ratio", saving(replay, policy));
    pt_json_number(writer, "kept_ratio", pt_replay_kept(replay, policy));
    pt_json_number(writer, "mean_energy_joules", result->joules / starts);
    pt_json_number(writer, "mean_carbon_grams", result->grams / starts);
    pt_json_number(writer, "mean_delay_seconds",
                   result->delay_hours / starts * PT_SECONDS_PER_HOUR);
    pt_json_number(writer, "mean_suspensions", result->suspensions / starts);
    pt_json_number(writer, "worst_start_over_now_ratio", result->dearest_over);
    pt_json_integer(writer, "dearer_count", result->dearer_count);
    pt_json_integer(writer, "late_count", result->late_count);
    pt_json_end_object(writer);
}

void pt_replay_write_json(FILE *stream, const struct pt_replay_story *story)
{
    struct pt_json_writer writer;
    pt_json_begin(&writer, stream, true);
    pt_json_object(&writer, NULL);
    pt_json_string(&writer, "series", story->series);
    pt_json_string(&writer, "unit", story->currency);
    pt_json_number(&writer, "work_seconds", story->options.job.work_seconds);
    pt_json_integer(&writer, "within_hours", story->options.within_hours);
    pt_json_integer(&writer, "every_hours", story->options.every_hours);
    pt_json_bool(&writer, "day_ahead", story->options.publication.day_ahead);
    pt_json_array(&writer, "accounts");
    for (int i = 0; i < story->account_count; i++) {
        const struct pt_replay_account *account = &story->accounts[i];
        pt_json_object(&writer, NULL);
        pt_json_string(&writer, "of", account->title);
        pt_json_integer(&writer, "start_count", account->replay.start_count);
        pt_json_integer(&writer, "gap_count", account->replay.gap_count);
        pt_json_array(&writer, "policies");
        for (int k = 0; k < PT_REPLAY_POLICIES; k++)
            if (story->shows[k])
                write_policy(&writer, &account->replay, (enum pt_replay_policy)k);
        pt_json_end_array(&writer);
        pt_json_end_object(&writer);
    }
    pt_json_end_array(&writer);
    pt_json_end_object(&writer);
}
