// powertrain prices: what a feed says, for people and for other programs.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "base/table.h"
#include "base/units.h"
#include "cli/prices.h"
#include "cli/verb.h"

struct options {
    const char *kind, *from, *to;
    bool csv, json, offline, list;
};

// "2026-11-24T12:00Z", or the midnight of "2026-11-24" in UTC.
static enum pt_status read_time(const char *option, const char *text, int64_t *ret_ns,
                                struct pt_error *error)
{
    char whole[64];
    if (text == NULL || pt_parse_moment(text, ret_ns))
        return PT_OK;
    int length = snprintf(whole, sizeof whole, "%sT00:00Z", text);
    if (length > 0 && (size_t)length < sizeof whole && pt_parse_moment(whole, ret_ns))
        return PT_OK;
    return pt_fail(error, PT_USAGE,
                   "--%s %.40s: no time; write 2026-11-24 or 2026-11-24T12:00Z, or an offset for Z",
                   option, text);
}

static enum pt_status read_kind(const char *name, const char *text, enum pt_feed_kind *ret_kind,
                                struct pt_error *error)
{
    if (text == NULL)
        return pt_feed_default_kind(name, ret_kind, error);
    for (int i = 0; i < PT_FEED_KIND_COUNT; i++)
        if (strcmp(text, pt_feed_kind_names[i]) == 0) {
            *ret_kind = (enum pt_feed_kind)i;
            return PT_OK;
        }
    return pt_fail(error, PT_USAGE, "--kind %.40s: it is price, carbon or solar", text);
}

static void print_answer(const struct pt_prices *prices, const struct options *options)
{
    if (options->json)
        pt_prices_print_json(prices);
    else if (options->csv)
        pt_prices_print_csv(prices);
    else
        pt_prices_print_text(prices);
    if (prices->info.warning != NULL)
        fprintf(stderr, "powertrain prices: warning: %s\n", prices->info.warning);
}

static enum pt_status show(struct pt_arena *arena, const char *name, const struct options *options,
                           struct pt_error *error)
{
    const struct pt_feed_options asking = {.offline = options->offline};
    struct pt_prices prices = {.arena = arena};
    enum pt_feed_kind kind;
    int64_t now_ns = pt_clock_realtime(&pt_system_clock);
    bool file = strncmp(name, "csv:", 4) == 0;
    int64_t from_ns = file ? INT64_MIN : now_ns, to_ns = INT64_MAX;
    enum pt_status status;

    if ((status = read_kind(name, options->kind, &kind, error)) != PT_OK ||
        (status = read_time("from", options->from, &from_ns, error)) != PT_OK ||
        (status = read_time("to", options->to, &to_ns, error)) != PT_OK)
        return status;
    if (from_ns >= to_ns)
        return pt_fail(error, PT_USAGE, "--from is not before --to (without --from it is now)");
    prices.now_ns = now_ns;
    status = pt_feed_series(arena, name, kind, from_ns, to_ns, &asking, &prices.series,
                            &prices.info, error);
    if (status == PT_OK)
        print_answer(&prices, options);
    return status;
}

static enum pt_status run_in(struct pt_arena *arena, int count, char **names,
                             const struct options *options, struct pt_error *error)
{
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "out of memory");
    if (options->csv && options->json)
        return pt_fail(error, PT_USAGE, "--csv and --json exclude each other");
    if (options->list && count == 0)
        return pt_prices_print_list(arena, options->json, error);
    if (options->list || count != 1)
        return pt_fail(error, PT_USAGE,
                       "name one feed, for example energy-charts:DE-LU; --list shows all");
    return show(arena, names[0], options, error);
}

static int run(const struct pt_verb *verb, int argc, char **argv)
{
    struct options chosen = {0};
    const struct pt_option options[] = {
        {"kind", 'k', PT_OPTION_TEXT, &chosen.kind, "KIND",
         "price, carbon or solar; default: the first that the feed has"},
        {"from", 0, PT_OPTION_TEXT, &chosen.from, "TIME", "2026-11-24 or 2026-11-24T12:00Z; now"},
        {"to", 0, PT_OPTION_TEXT, &chosen.to, "TIME", "as far as is published"},
        {"csv", 0, PT_OPTION_FLAG, &chosen.csv, NULL, "time and value, to be read again"},
        {"json", 'j', PT_OPTION_FLAG, &chosen.json, NULL, "one JSON object"},
        {"offline", 0, PT_OPTION_FLAG, &chosen.offline, NULL,
         "only what is on the disk, however old"},
        {"list", 'l', PT_OPTION_FLAG, &chosen.list, NULL, "all feeds"},
        {NULL, 0, PT_OPTION_FLAG, NULL, NULL, NULL},
    };
    struct pt_error error;
    int first, code;
    if (!pt_parse_options(verb, options, argc, argv, false, &first, &code))
        return code;
    struct pt_arena *arena = pt_arena_create();
    enum pt_status status = run_in(arena, argc - first, argv + first, &chosen, &error);
    code = status == PT_OK ? PT_EXIT_OK : pt_exit_with(verb, status, &error);
    pt_arena_destroy(arena);
    return code;
}

const struct pt_verb pt_verb_prices = {
    .name = "prices",
    .synopsis = "prices FEED:ZONE [--from TIME] [--to TIME] [--csv | --json] | --list",
    .summary = "prices, carbon intensities and the sun, as they are published",
    .example = "powertrain prices energy-charts:DE-LU --from 2026-11-24",
    .run = run,
};
