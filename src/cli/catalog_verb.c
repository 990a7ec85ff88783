// Lists a catalogue.

#include "cli/catalog_verb.h"

#include <unistd.h>

enum { ROWS_MAX = 512 };

static enum pt_status print_text(const struct pt_catalog *catalog, const void *const *rows,
                                 int count, bool with_sources, struct pt_error *error)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_table *table =
        arena == NULL ? NULL : pt_table_create(arena, catalog->headings, catalog->column_count);
    if (table == NULL) {
        pt_arena_destroy(arena);
        return pt_fail(error, PT_NO_MEMORY, "no memory for the table");
    }
    for (int i = 0; i < count; i++)
        catalog->add_row(table, rows[i]);
    pt_table_print(table, stdout, isatty(STDOUT_FILENO) ? pt_terminal_width(STDOUT_FILENO) : 0);
    pt_arena_destroy(arena);

    printf("\n");
    for (int i = 0; with_sources && i < count; i++)
        catalog->print_source(rows[i]);
    if (!with_sources)
        printf("%s\n", catalog->hint);
    return PT_OK;
}

static void print_json(const struct pt_catalog *catalog, const void *const *rows, int count)
{
    struct pt_json_writer writer;

    pt_json_begin(&writer, stdout, true);
    pt_json_array(&writer, NULL);
    for (int i = 0; i < count; i++) {
        pt_json_object(&writer, NULL);
        catalog->write_fields(&writer, rows[i]);
        pt_json_end_object(&writer);
    }
    pt_json_end_array(&writer);
}

int pt_run_catalog(const struct pt_verb *verb, const struct pt_catalog *catalog, int argc,
                   char **argv)
{
    bool json = false;
    const struct pt_option options[] = {
        {"json", 0, PT_OPTION_FLAG, &json, NULL, "print JSON"},
        {.name = NULL},
    };
    const void *rows[ROWS_MAX];
    int first, exit_code, count = 0;
    struct pt_error error;
    enum pt_status status;

    if (!pt_parse_options(verb, options, argc, argv, false, &first, &exit_code))
        return exit_code;
    if (argc - first > ROWS_MAX)
        return pt_exit_with(verb,
                            pt_fail(&error, PT_USAGE, "at most %d %s, not %d", ROWS_MAX,
                                    catalog->names, argc - first),
                            &error);
    for (int i = first; i < argc; i++)
        if ((status = catalog->find(argv[i], &rows[count++], &error)) != PT_OK)
            return pt_exit_with(verb, status, &error);
    if (first == argc)
        for (; count < catalog->row_count && count < ROWS_MAX; count++)
            rows[count] = catalog->row(count);
    if (json)
        print_json(catalog, rows, count);
    else if ((status = print_text(catalog, rows, count, first < argc, &error)) != PT_OK)
        return pt_exit_with(verb, status, &error);
    return PT_EXIT_OK;
}
