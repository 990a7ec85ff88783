// powertrain replay: what shifting and suspending a job would have saved over a recorded year.

#include "cli/replay.h"

#include <math.h>
#include <string.h>

#include "base/parse.h"
#include "base/units.h"
#include "cli/run_setup.h"
#include "cli/verb.h"
#include "schedule/replay_series.h"

#define KWH_PER_MWH 1000.0

struct options {
    const char *series, *carbon, *with_prices, *tariff, *job, *within, *every, *unit, *currency,
        *policy, *html, *published, *day_offset;
    double watts, resume_minutes, suspended_watts, slower_percent;
    bool real_time, json;
};

static enum pt_status read_hours(const char *option, const char *text, int *ret_hours,
                                 struct pt_error *error)
{
    double seconds;
    if (!pt_parse_duration(text, &seconds) || seconds < PT_SECONDS_PER_HOUR ||
        seconds > PT_FORECAST_HOURS_MAX * PT_SECONDS_PER_HOUR ||
        fmod(seconds, PT_SECONDS_PER_HOUR) != 0)
        return pt_fail(error, PT_USAGE, "--%s %s: whole hours from 1h to 31d are possible", option,
                       text);
    *ret_hours = (int)(seconds / PT_SECONDS_PER_HOUR);
    return PT_OK;
}

static enum pt_status read_job(const struct options *options, struct pt_schedule_level *level,
                               struct pt_replay_options *replay, struct pt_error *error)
{
    struct pt_schedule_job *job = &replay->job;
    if (!pt_parse_duration(options->job, &job->work_seconds) || !(job->work_seconds > 0))
        return pt_fail(error, PT_USAGE, "--job %s is no duration; write for example 24h",
                       options->job);
    if (!(options->watts > 0 && options->watts <= 1e9))
        return pt_fail(error, PT_USAGE, "--watts %g: more than 0 and at most 1e9", options->watts);
    if (!(options->suspended_watts >= 0 && options->suspended_watts <= 1e9))
        return pt_fail(error, PT_USAGE, "--suspended-watts %g: 0 to 1e9", options->suspended_watts);
    if (!(options->resume_minutes >= 0 && options->resume_minutes <= 24 * 60))
        return pt_fail(error, PT_USAGE, "--resume-minutes %g: 0 to 1440", options->resume_minutes);
    if (!(options->slower_percent >= -90 && options->slower_percent <= 1000))
        return pt_fail(error, PT_USAGE, "--slower %g: -90 to 1000 percent",
                       options->slower_percent);
    *level = (struct pt_schedule_level){.name = "", .speed = 1, .watts = options->watts};
    job->levels = level;
    job->level_count = 1;
    job->waiting_watts = job->suspended_watts = options->suspended_watts;
    job->resume_seconds = options->resume_minutes * 60;
    job->resume_watts = options->watts;
    replay->slower = options->slower_percent / 100;
    return PT_OK;
}

static enum pt_status read_publication(const struct options *options,
                                       struct pt_publication *publication, struct pt_error *error)
{
    if (options->real_time)
        publication->day_ahead = false;
    if (options->published != NULL &&
        !pt_parse_time_of_day(options->published, &publication->publish_minute))
        return pt_fail(error, PT_USAGE, "--published %s is no time like 12:45", options->published);
    if (options->day_offset != NULL &&
        !pt_parse_utc_offset(options->day_offset, &publication->day_offset_minutes))
        return pt_fail(error, PT_USAGE, "--day-offset %s is no offset like +01:00",
                       options->day_offset);
    return PT_OK;
}

static enum pt_status read_policy(const char *text, bool *shows, struct pt_error *error)
{
    for (int i = 0; i < PT_REPLAY_POLICIES; i++)
        shows[i] = text == NULL;
    if (text == NULL)
        return PT_OK;
    const char *names[PT_REPLAY_POLICIES + 1] = {NULL};
    for (int i = 0; i < PT_REPLAY_POLICIES; i++) {
        names[i] = pt_replay_policy_names[i];
        if (strcmp(text, names[i]) == 0) {
            shows[PT_REPLAY_NOW] = shows[i] = true;
            return PT_OK;
        }
    }
    const char *near = pt_nearest_word(text, names);
    return pt_fail(error, PT_USAGE,
                   "--policy %s: now, block, clairvoyant, persistence or forecast%s%s", text,
                   near != NULL ? "; did you mean " : "", near != NULL ? near : "");
}

static enum pt_status read_unit(const struct options *options, double *ret_scale,
                                struct pt_error *error)
{
    if (strcmp(options->unit, "MWh") != 0 && strcmp(options->unit, "kWh") != 0)
        return pt_fail(error, PT_USAGE, "--unit %s: prices are per MWh or per kWh", options->unit);
    *ret_scale = strcmp(options->unit, "MWh") == 0 ? 1 / KWH_PER_MWH : 1;
    return PT_OK;
}

// The whole price of each hour of the account's series.
static enum pt_status apply_tariff(struct pt_arena *arena, const char *path,
                                   struct pt_replay_story *story, struct pt_error *error)
{
    struct pt_tariff tariff;
    const struct pt_hourly *energy = &story->accounts[0].hourly;
    struct pt_replay_account *account = &story->accounts[story->account_count];
    enum pt_status status = pt_run_tariff(arena, NULL, path, NULL, &tariff, error);
    if (status != PT_OK)
        return status;
    double *prices = pt_arena_alloc(arena, (size_t)energy->count, sizeof *prices);
    if (prices == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", path);
    const int64_t hour_ns = 3600 * PT_NANOSECONDS_PER_SECOND;
    for (int i = 0; i < energy->count; i++) {
        int64_t from_ns = energy->start_ns + i * hour_ns;
        prices[i] = pt_tariff_mean_price(&tariff, from_ns, from_ns + hour_ns).value;
    }
    account->title = "whole tariff";
    account->hourly = *energy;
    account->hourly.prices = prices;
    story->account_count++;
    return PT_OK;
}

static enum pt_status read_story(struct pt_arena *arena, const struct options *options,
                                 struct pt_schedule_level *level, struct pt_replay_story *story,
                                 struct pt_error *error)
{
    double scale = 1;
    const char *path = options->series != NULL ? options->series : options->carbon;
    if (path == NULL)
        return pt_fail(error, PT_USAGE,
                       "what is replayed? Name prices with --series FILE, or with --carbon FILE "
                       "alone what is to be cut in grams");
    story->minimizes_carbon = options->series == NULL;
    if (story->minimizes_carbon && options->tariff != NULL)
        return pt_fail(error, PT_USAGE, "--tariff %s needs --series too", options->tariff);
    if (!story->minimizes_carbon && options->with_prices != NULL)
        return pt_fail(error, PT_USAGE,
                       "--with-prices %s helps to foretell carbon; it goes with --carbon and not "
                       "with --series",
                       options->with_prices);
    story->series = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    story->currency = story->minimizes_carbon ? "g" : options->currency;
    story->options = pt_replay_usual(!story->minimizes_carbon && !options->real_time);
    struct pt_replay_options *replay = &story->options;
    enum pt_status status;
    if ((status = read_unit(options, &scale, error)) != PT_OK ||
        (status = read_policy(options->policy, story->shows, error)) != PT_OK ||
        (status = read_job(options, level, replay, error)) != PT_OK ||
        (status = read_hours("within", options->within, &replay->within_hours, error)) != PT_OK ||
        (status = read_hours("every", options->every, &replay->every_hours, error)) != PT_OK ||
        (status = read_publication(options, &replay->publication, error)) != PT_OK)
        return status;
    struct pt_replay_account *account = &story->accounts[0];
    account->title = story->minimizes_carbon ? "carbon" : "energy part";
    story->account_count = 1;
    status = pt_hourly_read(arena, path, story->minimizes_carbon ? 1 : scale, options->carbon,
                            &account->hourly, error);
    if (status == PT_OK && options->with_prices != NULL)
        status = pt_hourly_add_companion(arena, options->with_prices, &account->hourly, error);
    if (status == PT_OK && options->tariff != NULL)
        status = apply_tariff(arena, options->tariff, story, error);
    return status;
}

static enum pt_status replay(struct pt_arena *arena, const struct options *options,
                             struct pt_error *error)
{
    struct pt_replay_story story = {.account_count = 0};
    struct pt_schedule_level level;
    enum pt_status status = read_story(arena, options, &level, &story, error);
    for (int i = 0; i < story.account_count && status == PT_OK; i++)
        status = pt_replay_run(arena, &story.accounts[i].hourly, &story.options,
                               &story.accounts[i].replay, error);
    if (status == PT_OK && options->html != NULL)
        status = pt_replay_write_page(options->html, &story, error);
    if (status != PT_OK)
        return status;
    if (options->json)
        pt_replay_write_json(stdout, &story);
    else
        pt_replay_print(stdout, arena, &story);
    return PT_OK;
}

static int run_replay(const struct pt_verb *verb, int argc, char **argv)
{
    struct options options = {.job = "24h",
                              .within = "7d",
                              .every = "13h",
                              .unit = "MWh",
                              .currency = "EUR",
                              .watts = 400};
    const struct pt_option table[] = {
        {"series", 0, PT_OPTION_TEXT, &options.series, "FILE", "prices: time,value as CSV"},
        {"carbon", 0, PT_OPTION_TEXT, &options.carbon, "FILE",
         "g per kWh; without --series it is what is minimized"},
        {"with-prices", 0, PT_OPTION_TEXT, &options.with_prices, "FILE",
         "day-ahead prices of the region, to foretell --carbon by"},
        {"tariff", 0, PT_OPTION_TEXT, &options.tariff, "FILE",
         "replay on the whole tariff, too (YAML)"},
        {"unit", 0, PT_OPTION_TEXT, &options.unit, "MWh|kWh", "what the prices are for; MWh"},
        {"currency", 0, PT_OPTION_TEXT, &options.currency, "CODE", "of the prices; EUR"},
        {"job", 0, PT_OPTION_TEXT, &options.job, "DURATION", "its work; 24h"},
        {"within", 0, PT_OPTION_TEXT, &options.within, "DURATION", "until its deadline; 7d"},
        {"watts", 0, PT_OPTION_NUMBER, &options.watts, "W", "while it runs; 400"},
        {"suspended-watts", 0, PT_OPTION_NUMBER, &options.suspended_watts, "W",
         "while it waits; 0: the machine is off"},
        {"resume-minutes", 0, PT_OPTION_NUMBER, &options.resume_minutes, "N",
         "without progress, after each suspension; 0"},
        {"slower", 0, PT_OPTION_NUMBER, &options.slower_percent, "PERCENT",
         "how much longer it takes than its plan knows; 0"},
        {"every", 0, PT_OPTION_TEXT, &options.every, "DURATION", "a start each; 13h"},
        {"real-time", 0, PT_OPTION_FLAG, &options.real_time, NULL,
         "prices are known only while they hold, not a day ahead"},
        {"published", 0, PT_OPTION_TEXT, &options.published, "HH:MM",
         "UTC, when the next day becomes known; 12:45"},
        {"day-offset", 0, PT_OPTION_TEXT, &options.day_offset, "+HH:MM",
         "of the days for which prices are made; +00:00"},
        {"policy", 0, PT_OPTION_TEXT, &options.policy, "NAME", "only this one and now"},
        {"html", 0, PT_OPTION_TEXT, &options.html, "FILE", "write a page with a plot, too"},
        {"json", 0, PT_OPTION_FLAG, &options.json, NULL, "print JSON"},
        {0},
    };
    struct pt_error error = {.message = ""};
    enum pt_status status = PT_OK;
    int first, exit_code;

    if (!pt_parse_options(verb, table, argc, argv, false, &first, &exit_code))
        return exit_code;
    if (first < argc)
        status =
            pt_fail(&error, PT_USAGE, "%s: what is it? powertrain %s", argv[first], verb->synopsis);
    struct pt_arena *arena = status == PT_OK ? pt_arena_create() : NULL;
    if (status == PT_OK && arena == NULL)
        status = pt_fail(&error, PT_NO_MEMORY, "out of memory");
    if (status == PT_OK)
        status = replay(arena, &options, &error);
    pt_arena_destroy(arena);
    if (status == PT_OK && (fflush(stdout) != 0 || ferror(stdout)))
        status = pt_fail(&error, PT_IO, "the output cannot be written");
    return status == PT_OK ? PT_EXIT_OK : pt_exit_with(verb, status, &error);
}

const struct pt_verb pt_verb_replay = {
    .name = "replay",
    .synopsis = "replay --series FILE [--job DURATION] [--within DURATION] [OPTIONS]",
    .summary = "what shifting a job would have saved over a recorded year",
    .example =
        "powertrain replay --series prices_2024.csv --job 24h --within 7d --html replay.html",
    .run = run_replay,
};
