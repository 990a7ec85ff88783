// What a joule costs at a moment: a price and a carbon intensity, and the facility around the
// machine. Read from YAML (docs/tariff-yaml.md) or made from a row of the grid catalogue.
#ifndef PT_COST_TARIFF_H
#define PT_COST_TARIFF_H

#include "base/node.h"
#include "base/quantity.h"
#include "cost/series.h"
#include "cost/time_zone.h"

// How far a year's average of a country may be from a moment in one place there, with 90 %
// probability. Ember and Electricity Maps differ by up to a quarter for the same country and year,
// though only one in three by more than 15 %; contracts differ from their band's mean by more.
#define PT_GRID_CARBON_ERROR 0.20
#define PT_GRID_PRICE_ERROR  0.20

enum { PT_MINUTES_PER_DAY = 24 * 60 };

// A country or region: annual averages.
struct pt_grid {
    const char *code; // ISO 3166 "DE" or a part of one: "US-CA"
    const char *name;
    double carbon_grams_per_kwh; // generation mix, CO2e; NAN if unknown
    int carbon_year;
    const char *carbon_source;
    double price_per_kwh; // industrial or non-household consumers, without recoverable taxes; NAN
    const char *currency; // ISO 4217
    int price_year;
    const char *price_source;
};
extern const struct pt_grid pt_grids[];
extern const int pt_grid_count;
enum pt_status pt_grid_find(const char *code, const struct pt_grid **ret_grid,
                            struct pt_error *error);

// One window of a time-of-use tariff. The first window that holds the moment wins. It belongs to
// the day on which it begins.
struct pt_tariff_window {
    unsigned weekdays;          // bit 0: Monday
    int from_minute, to_minute; // of the local day, [from, to); to <= from goes over midnight
    double price_per_kwh;
    unsigned months; // bit 0: January; 0: all
};
enum { PT_ALL_WEEKDAYS = 0x7f, PT_TARIFF_WINDOWS_MAX = 64 };

// The clock and the calendar that windows go by.
struct pt_tariff_clock {
    int utc_offset_minutes;          // without a zone
    const struct pt_time_zone *zone; // NULL: none
    int holiday_count;               // days that count as another weekday
    const int64_t *holidays;         // days since 1970-01-01, rising
    int holiday_weekday;             // 0: Monday
};

// Something that is added to the price in a window, or always: a grid fee, a levy.
struct pt_tariff_adder {
    const char *name;
    struct pt_tariff_window window; // its price is what is added
};

// What is to be paid for the highest mean power over an interval within the month.
struct pt_demand_charge {
    double per_kw;                  // a month, before tax; 0: there is none
    int minutes;                    // of the interval
    double peak_kw;                 // of this month so far
    struct pt_tariff_window window; // in which it is measured; its price is not used
};

struct pt_tariff_site; // cost/tariff_site.h

struct pt_tariff {
    const char *name;
    char currency[4];
    // Flat, or outside all windows; of a series: its mean. Without adders and tax.
    struct pt_quantity price_per_kwh;
    int window_count;
    const struct pt_tariff_window *windows;
    double price_error; // half-width of the windows' prices, relative
    struct pt_tariff_clock clock;
    double price_factor, tax; // paid is (price factor + adders) (1 + tax); factor 0 is 1
    int adder_count;
    const struct pt_tariff_adder *adders;
    struct pt_demand_charge demand_charge;
    double feed_in_per_kwh;                  // for own power that is sold; NAN: nobody buys it
    const struct pt_tariff_site *site;       // what else is behind the meter; NULL: nothing
    struct pt_quantity carbon_grams_per_kwh; // of a series: its mean
    double carbon_error;                     // half-width of the series' values, relative
    const struct pt_series *price_series, *carbon_series; // per kWh; NULL: none
    struct pt_quantity pue;                               // facility energy / IT energy, >= 1
    const char *price_source, *carbon_source, *pue_source;
};

// Memory from arena. node may be NULL: every value missing but pue 1 (assumed: no facility). A
// mapping has the keys of docs/tariff-yaml.md; a text is the code of a grid. What the user states
// is taken as exact unless price_error or carbon_error say otherwise.
enum pt_status pt_tariff_from_node(struct pt_arena *arena, const struct pt_node *node,
                                   struct pt_tariff *ret_tariff, struct pt_error *error);
enum pt_status pt_tariff_from_grid(struct pt_arena *arena, const char *code,
                                   struct pt_tariff *ret_tariff, struct pt_error *error);

// What a tariff is made of before anything is known: all missing but pue 1.
struct pt_tariff pt_tariff_none(void);

// "+01:00", "-0530", "Z" into minutes; "07:00" or "24:00" into minutes of the day; "mon-fri",
// "sat,sun", "fri-mon" (over the end of the week) or "all" into weekdays. False if text is none.
bool pt_parse_utc_offset(const char *text, int *ret_minutes);
bool pt_parse_time_of_day(const char *text, int *ret_minutes);
bool pt_parse_weekdays(const char *text, unsigned *ret_weekdays);

// "nov-mar", "jan,jul" or "all" into months.
bool pt_parse_months(const char *text, unsigned *ret_months);

// Whether a demand charge is measured at a moment.
bool pt_tariff_measures_demand(const struct pt_tariff *tariff, int64_t realtime_ns);

// What a kilowatt hour costs at a moment, with all that is added to its price; missing where a
// series has no value.
struct pt_quantity pt_tariff_price(const struct pt_tariff *tariff, int64_t realtime_ns);
// The price of energy spread evenly over a span of time: the mean of the windows it crosses,
// weighted by their exact times. At from_ns if the span is empty. Missing where a series has a gap
// or does not reach.
struct pt_quantity pt_tariff_mean_price(const struct pt_tariff *tariff, int64_t from_ns,
                                        int64_t to_ns);
struct pt_quantity pt_tariff_mean_carbon(const struct pt_tariff *tariff, int64_t from_ns,
                                         int64_t to_ns);
// The same for a plan, which may lie beyond the end of a series: then the mean of all of it,
// assumed, within what spans of that length had.
struct pt_quantity pt_tariff_plan_price(const struct pt_tariff *tariff, int64_t from_ns,
                                        int64_t to_ns);
struct pt_quantity pt_tariff_plan_carbon(const struct pt_tariff *tariff, int64_t from_ns,
                                         int64_t to_ns);
// PT_NOT_FOUND, with the first moment of the span for which a series of the tariff has no value.
enum pt_status pt_tariff_check_span(const struct pt_tariff *tariff, int64_t from_ns, int64_t to_ns,
                                    struct pt_error *error);

#endif
