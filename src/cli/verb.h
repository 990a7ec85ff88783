// A verb of the program: one file, one line in main.c's table.
#ifndef PT_CLI_VERB_H
#define PT_CLI_VERB_H

#include <stdio.h>

#include "base/status.h"

// Exit codes, the same for every verb. A wrapped command keeps its own.
enum pt_exit {
    PT_EXIT_OK = 0,
    PT_EXIT_FAILED = 1,
    PT_EXIT_USAGE = 2,
    PT_EXIT_BAD_INPUT = 3,
    PT_EXIT_INFEASIBLE = 4,
    PT_EXIT_DENIED = 5,
    PT_EXIT_MISSING = 6,
    PT_EXIT_BUDGET = 7, // used up; what was done is kept
    PT_EXIT_WRAPPER_FAILED = 125,
    PT_EXIT_NOT_EXECUTABLE = 126,
    PT_EXIT_COMMAND_NOT_FOUND = 127,
};

enum pt_option_kind {
    PT_OPTION_FLAG,
    PT_OPTION_TEXT,
    PT_OPTION_INTEGER,
    PT_OPTION_NUMBER,
    PT_OPTION_LIST, // may be given several times
};

enum { PT_OPTION_LIST_MAX = 64 };
struct pt_option_list {
    const char *texts[PT_OPTION_LIST_MAX + 1]; // NULL-terminated
    int count;
};

// One option of a verb: drives parsing and --help. value points to bool, const char *, int64_t,
// double or struct pt_option_list, which holds the default.
struct pt_option {
    const char *name; // "ledger" for --ledger; NULL ends the list
    char letter;      // or 0
    enum pt_option_kind kind;
    void *value;
    const char *argument; // "PATH", for --help
    const char *help;
};

struct pt_verb {
    const char *name;
    const char *synopsis; // "train RUN.yaml"
    const char *summary;  // one line
    const char *example;  // for --help
    bool computes;        // runs kernels on several threads
    int (*run)(const struct pt_verb *verb, int argc, char **argv); // argv[0] is the verb
};

// Parses argv[1..] by the table; stops at "--" or, if stop_at_operand, at the first operand.
// Prints --help to stdout, or the mistake to stderr with a suggestion. Returns true to go on, with
// *ret_first the index of the first operand (operands are moved behind the options); false with
// *ret_exit set otherwise.
bool pt_parse_options(const struct pt_verb *verb, const struct pt_option *options, int argc,
                      char **argv, bool stop_at_operand, int *ret_first, int *ret_exit);

// Prints "powertrain VERB: message" to stderr and returns the exit code that fits the status.
int pt_exit_with(const struct pt_verb *verb, enum pt_status status, const struct pt_error *error);

// Whether stream wants colour: a terminal, TERM not dumb, NO_COLOR empty.
bool pt_wants_color(FILE *stream);

extern const struct pt_verb pt_verb_merge, pt_verb_train, pt_verb_plan, pt_verb_meter,
    pt_verb_bills, pt_verb_report, pt_verb_compare, pt_verb_doctor, pt_verb_calibrate,
    pt_verb_hardware, pt_verb_grids, pt_verb_replay, pt_verb_prices, pt_verb_export,
    pt_verb_optimal, pt_verb_validate, pt_verb_run, pt_verb_power, pt_verb_tune;

#endif
