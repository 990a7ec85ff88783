// The list of `powertrain bills`: a line per run, sums per currency, as table, JSON or CSV.
//
// Sums take only what is known: a total that lacks something is marked ">=", and what nobody knows
// is "-", never 0. A run whose command was part of that of another run of the list is in that one's
// joules, and not added again.
#ifndef PT_CLI_BILL_LIST_H
#define PT_CLI_BILL_LIST_H

#include "base/arena.h"
#include "ledger/ledger.h"

enum { PT_BILL_CURRENCIES_MAX = 32 };

// What the list says of a run; NAN is unknown.
struct pt_bill_line {
    const struct pt_run_record *run;
    double duration_seconds;
    struct pt_quantity energy_joules, money, co2e_grams, predicted_joules;
    double deviation_percent; // of a finished run from its prediction
    int64_t inside_id;        // the run of this list whose command it was part of; 0: none
};

struct pt_bill_sum {
    double value;
    int64_t known_count;
};

// The runs in one currency; "" has those whose price is unknown.
struct pt_bill_total {
    const char *currency;
    int64_t run_count;
    struct pt_bill_sum duration_seconds, energy_joules, money, co2e_grams;
};

struct pt_bill_list {
    const struct pt_bill_line *lines;
    int64_t line_count, inside_count;
    struct pt_bill_total totals[PT_BILL_CURRENCIES_MAX];
    int total_count;
};

// Memory from arena; runs are borrowed. PT_OVERFLOW for more currencies than fit.
enum pt_status pt_bill_list_make(struct pt_arena *arena, const struct pt_run_record *runs,
                                 int64_t count, struct pt_bill_list *ret_list,
                                 struct pt_error *error);
// To stdout. width <= 0: no limit; a narrow terminal sees fewer columns.
enum pt_status pt_bill_list_print(struct pt_arena *arena, const struct pt_bill_list *list,
                                  int width, struct pt_error *error);
// ledger_path may be NULL: there is none.
void pt_bill_list_print_json(const struct pt_bill_list *list, const char *ledger_path);
void pt_bill_list_print_csv(const struct pt_bill_list *list);

#endif
