// See prices.h: what other programs read, and the list of feeds.

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json_writer.h"
#include "base/parse.h"
#include "base/table.h"
#include "base/units.h"
#include "cli/prices.h"

void pt_prices_print_csv(const struct pt_prices *prices)
{
    char start[32], value[32];
    puts("time_utc_iso8601,value");
    for (int64_t i = 0; i < prices->series->count; i++)
        printf("%s,%s\n", pt_format_moment(prices->series->starts_ns[i], start),
               pt_format_double(prices->series->values[i], value));
}

static void write_time(struct pt_json_writer *writer, const char *key, int64_t ns)
{
    char text[32];
    pt_json_string(writer, key, pt_format_moment(ns, text));
}

static void write_values(struct pt_json_writer *writer, const struct pt_prices *prices)
{
    pt_json_array(writer, "values");
    for (int64_t i = 0; i < prices->series->count; i++) {
        pt_json_object(writer, NULL);
        write_time(writer, "start", prices->series->starts_ns[i]);
        pt_json_number(writer, "value", prices->series->values[i]);
        pt_json_bool(writer, "forecast", prices->info.qualities[i] == PT_FEED_FORECAST);
        pt_json_end_object(writer);
    }
    pt_json_end_array(writer);
}

void pt_prices_print_json(const struct pt_prices *prices)
{
    const struct pt_feed_info *info = &prices->info;
    struct pt_json_writer writer;
    pt_json_begin(&writer, stdout, true);
    pt_json_object(&writer, NULL);
    pt_json_string(&writer, "feed", info->feed);
    pt_json_string(&writer, "zone", info->zone);
    pt_json_string(&writer, "kind", pt_feed_kind_names[info->kind]);
    pt_json_string(&writer, "unit", info->unit);
    pt_json_string(&writer, "currency", info->currency[0] != '\0' ? info->currency : NULL);
    pt_json_integer(&writer, "step_seconds", prices->series->step_ns / PT_NANOSECONDS_PER_SECOND);
    pt_json_number(&writer, "mean", prices->series->mean);
    pt_json_string(&writer, "attribution", info->attribution);
    pt_json_string(&writer, "note", info->note);
    write_time(&writer, "retrieved", info->retrieved_ns);
    write_time(&writer, "known_until", info->known_until_ns);
    write_time(&writer, "actual_until", info->actual_until_ns);
    pt_json_integer(&writer, "missing_count", info->missing_count);
    pt_json_integer(&writer, "conflict_count", info->conflict_count);
    pt_json_integer(&writer, "request_count", info->request_count);
    pt_json_string(&writer, "warning", info->warning);
    write_values(&writer, prices);
    pt_json_end_object(&writer);
}

// ---------------------------------------------------------------------------------------- the list
static void kinds_text(const struct pt_feed_description *feed, char *buffer, size_t size)
{
    buffer[0] = '\0';
    for (int i = 0; i < PT_FEED_KIND_COUNT; i++)
        if (feed->kinds[i])
            snprintf(buffer + strlen(buffer), size - strlen(buffer), "%s%s",
                     buffer[0] != '\0' ? ", " : "", pt_feed_kind_names[i]);
}

static void print_list_json(void)
{
    struct pt_json_writer writer;
    pt_json_begin(&writer, stdout, true);
    pt_json_array(&writer, NULL);
    for (int i = 0; i < pt_feed_count(); i++) {
        struct pt_feed_description feed = pt_feed_describe(i);
        pt_json_object(&writer, NULL);
        pt_json_string(&writer, "name", feed.name);
        pt_json_string(&writer, "summary", feed.summary);
        pt_json_string(&writer, "zones", feed.zones);
        pt_json_array(&writer, "kinds");
        for (int k = 0; k < PT_FEED_KIND_COUNT; k++)
            if (feed.kinds[k])
                pt_json_string(&writer, NULL, pt_feed_kind_names[k]);
        pt_json_end_array(&writer);
        pt_json_string(&writer, "secret", feed.token);
        pt_json_string(&writer, "attribution", feed.attribution);
        pt_json_end_object(&writer);
    }
    pt_json_end_array(&writer);
}

enum pt_status pt_prices_print_list(struct pt_arena *arena, bool json, struct pt_error *error)
{
    static const char *const headings[] = {"feed", "gives", "zone", "secret"};
    if (json) {
        print_list_json();
        return PT_OK;
    }
    struct pt_table *table = pt_table_create(arena, headings, 4);
    if (table == NULL)
        return pt_fail(error, PT_NO_MEMORY, "out of memory");
    for (int i = 0; i < pt_feed_count(); i++) {
        struct pt_feed_description feed = pt_feed_describe(i);
        char kinds[64];
        kinds_text(&feed, kinds, sizeof kinds);
        const char *const cells[] = {feed.name, kinds, feed.zones, feed.token};
        pt_table_row(table, cells);
    }
    const char *const file[] = {"csv", "price, carbon, solar", "FILE#UNIT: prices.csv#EUR/MWh",
                                NULL};
    pt_table_row(table, file);
    pt_table_print(table, stdout, isatty(STDOUT_FILENO) ? pt_terminal_width(STDOUT_FILENO) : 0);
    puts(
        "\nA secret is that variable of the environment, or an entry of ~/.config/powertrain/netrc "
        "(docs/feeds.md).");
    return PT_OK;
}
