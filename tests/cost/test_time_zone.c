// Clocks of places: as the C library has them, for every zone of the database; damaged files are
// refused.

#include <dirent.h>
#include <stdlib.h>
#include <time.h>

#include "cost/calendar.h"
#include "cost/time_zone.h"
#include "support.h"

static struct pt_arena *arena;

static int make_arena(void **unused)
{
    (void)unused;
    arena = pt_arena_create();
    return arena == NULL;
}

static int drop_arena(void **unused)
{
    (void)unused;
    pt_arena_destroy(arena);
    return 0;
}

static int library_offset(int64_t unix_seconds)
{
    time_t when = (time_t)unix_seconds;
    struct tm local;
    localtime_r(&when, &local);
    return (int)local.tm_gmtoff;
}

// Offsets at moments from 1970 to 2150, and on both sides of every change that we know of.
static void agree(const char *name)
{
    const struct pt_time_zone *zone;
    struct pt_error error;
    int64_t until;

    assert_status(pt_time_zone_open(arena, name, &zone, &error), PT_OK, &error);
    setenv("TZ", name, 1);
    tzset();
    for (int64_t at = 0; at < INT64_C(5680281600); at += 86400 * 29 + 12345)
        assert_int_equal(pt_time_zone_offset(zone, at, &until), library_offset(at));
    for (int64_t at = 0; at < INT64_C(5680281600); at = until) {
        assert_int_equal(pt_time_zone_offset(zone, at, &until), library_offset(at));
        assert_true(until > at);
        if (until == INT64_MAX)
            break;
        assert_int_equal(pt_time_zone_offset(zone, until - 1, &(int64_t){0}),
                         library_offset(until - 1));
    }
    unsetenv("TZ");
    tzset();
}

static void zones_are_as_the_c_library_has_them(void **unused)
{
    static const char *const regions[] = {"Europe", "America",   "Asia",
                                          "Africa", "Australia", "Pacific"};
    int count = 0;
    (void)unused;
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++) {
        char path[300];
        snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", regions[i]);
        DIR *folder = opendir(path);
        if (folder == NULL)
            skip(); // no tzdata here
        for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
            char name[300];
            if (entry->d_type == DT_DIR || entry->d_name[0] == '.' || count++ % 5 != 0)
                continue;
            snprintf(name, sizeof name, "%s/%s", regions[i], entry->d_name);
            agree(name);
        }
        closedir(folder);
    }
    assert_true(count > 100);
}

static void a_file_cut_short_anywhere_is_refused(void **unused)
{
    static unsigned char bytes[8192];
    const struct pt_time_zone *zone;
    struct pt_error error;
    (void)unused;
    FILE *file = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
    if (file == NULL)
        skip();
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_status(pt_time_zone_parse(arena, bytes, length, "whole", &zone, &error), PT_OK, &error);
    for (size_t cut = 0; cut < length; cut += cut % 40 == 0 ? 1 : 3)
        assert_status(pt_time_zone_parse(arena, bytes, cut, "cut", &zone, &error), PT_BAD_INPUT,
                      &error);
    bytes[0] = 'X';
    assert_status(pt_time_zone_parse(arena, bytes, length, "other", &zone, &error), PT_BAD_INPUT,
                  &error);
}

static void days_and_dates_go_both_ways(void **unused)
{
    (void)unused;
    for (int64_t day = -719000; day < 800000; day += 37) {
        struct pt_date date = pt_date_of_day(day);
        time_t seconds = (time_t)day * 86400;
        struct tm when;
        gmtime_r(&seconds, &when);
        assert_int_equal(pt_day_of_date(date.year, date.month, date.day), day);
        assert_int_equal(date.year, when.tm_year + 1900);
        assert_int_equal(date.month, when.tm_mon + 1);
        assert_int_equal(date.day, when.tm_mday);
        assert_int_equal(pt_weekday_of_day(day), (when.tm_wday + 6) % 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zones_are_as_the_c_library_has_them),
        cmocka_unit_test(a_file_cut_short_anywhere_is_refused),
        cmocka_unit_test(days_and_dates_go_both_ways),
    };
    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
