// A verb that lists a catalogue: all rows, or those that are named, as a table or as JSON.
#ifndef PT_CLI_CATALOG_VERB_H
#define PT_CLI_CATALOG_VERB_H

#include "base/json_writer.h"
#include "base/table.h"
#include "cli/verb.h"

// Rows are pointers to the catalogue's own struct.
struct pt_catalog {
    const char *names; // what rows are called by: "codes"
    const char *const *headings;
    int column_count;
    int row_count;
    const void *(*row)(int index);
    enum pt_status (*find)(const char *name, const void **ret_row, struct pt_error *error);
    void (*add_row)(struct pt_table *table, const void *row);
    void (*print_source)(const void *row);
    void (*write_fields)(struct pt_json_writer *writer, const void *row);
    const char *hint; // below a list without sources
};

int pt_run_catalog(const struct pt_verb *verb, const struct pt_catalog *catalog, int argc,
                   char **argv);

#endif
