// A CSV file that lists pictures and what is to be learned from them.

#include "dataset/image_list.h"

#include <inttypes.h>
#include <string.h>

enum { CLASSES_MAX = 1000000, TARGETS_MAX = 100000 };

// A list in the making.
struct maker {
    struct pt_arena *arena;
    struct pt_csv_table table;
    const struct pt_image_columns *columns;
    const char *folder; // of the CSV file
    struct pt_image_list list;
    struct pt_error *error;
};

static enum pt_status no_memory(const struct maker *maker)
{
    return pt_fail(maker->error, PT_NO_MEMORY, "%s: no memory for %" PRId64 " pictures",
                   maker->table.file, maker->table.row_count);
}

static enum pt_status refuse_missing(const struct maker *maker, int64_t row, int64_t column)
{
    struct pt_csv_cell cell = pt_csv_table_cell(&maker->table, row, column);
    return pt_csv_table_fail(maker->error, &maker->table, row, column,
                             "the value is missing ('%.*s'); remove the row", cell.length,
                             cell.text);
}

static enum pt_status find_file_column(const struct maker *maker, int64_t *ret_column)
{
    if (maker->columns->file != NULL)
        return pt_csv_table_column(&maker->table, maker->columns->file, ret_column, maker->error);
    for (int64_t i = 0; i < maker->table.column_count; i++)
        if (strcmp(maker->table.names[i], "file") == 0) {
            *ret_column = i;
            return PT_OK;
        }
    return pt_fail(maker->error, PT_BAD_INPUT,
                   "%s has no column 'file'; name the column of paths with file_column",
                   maker->table.file);
}

static enum pt_status take_paths(struct maker *maker)
{
    int64_t column, count = maker->table.row_count;
    enum pt_status status = find_file_column(maker, &column);
    if (status != PT_OK)
        return status;
    const char **paths = pt_arena_alloc(maker->arena, (size_t)count, sizeof *paths);
    if (paths == NULL)
        return no_memory(maker);
    for (int64_t row = 0; row < count; row++) {
        struct pt_csv_cell cell = pt_csv_table_cell(&maker->table, row, column);
        if (cell.length == 0)
            return refuse_missing(maker, row, column);
        bool is_whole = cell.text[0] == '/';
        paths[row] = pt_arena_printf(maker->arena, "%s%s%.*s", is_whole ? "" : maker->folder,
                                     is_whole ? "" : "/", cell.length, cell.text);
        if (paths[row] == NULL)
            return no_memory(maker);
    }
    maker->list.count = count;
    maker->list.paths = paths;
    return PT_OK;
}

static enum pt_status find_classes(struct maker *maker, int64_t column,
                                   struct pt_csv_categories *classes)
{
    if (classes->count > 0)
        return PT_OK;
    enum pt_status status = pt_csv_categories_find(maker->arena, &maker->table, column, CLASSES_MAX,
                                                   classes, maker->error);
    if (status == PT_OK && classes->count < 2)
        status = pt_fail(maker->error, PT_BAD_INPUT,
                         "%s: column '%s' has %" PRId64 " class; at least 2 are needed",
                         maker->table.file, maker->table.names[column], classes->count);
    return status;
}

static enum pt_status take_labels(struct maker *maker, struct pt_csv_categories *classes)
{
    int64_t column;
    enum pt_status status =
        pt_csv_table_column(&maker->table, maker->columns->label, &column, maker->error);
    if (status == PT_OK)
        status = find_classes(maker, column, classes);
    if (status != PT_OK)
        return status;
    int32_t *labels = pt_arena_alloc(maker->arena, (size_t)maker->table.row_count, sizeof *labels);
    if (labels == NULL)
        return no_memory(maker);
    for (int64_t row = 0; row < maker->table.row_count; row++) {
        struct pt_csv_cell cell = pt_csv_table_cell(&maker->table, row, column);
        if (pt_csv_cell_missing(cell))
            return refuse_missing(maker, row, column);
        int64_t class = pt_csv_categories_index(classes, cell);
        if (class < 0)
            return pt_csv_table_fail(maker->error, &maker->table, row, column,
                                     "'%.*s' is none of the %" PRId64 " classes", cell.length,
                                     cell.text, classes->count);
        labels[row] = (int32_t) class;
    }
    maker->list.labels = labels;
    maker->list.class_count = classes->count;
    maker->list.class_names = classes->names;
    return PT_OK;
}

static enum pt_status take_target(struct maker *maker, const struct pt_node *name, int64_t place,
                                  float *targets)
{
    int64_t column, width = maker->list.target_count;
    enum pt_status status = pt_csv_table_column(&maker->table, name, &column, maker->error);
    if (status != PT_OK)
        return status;
    for (int64_t row = 0; row < maker->table.row_count; row++) {
        struct pt_csv_cell cell = pt_csv_table_cell(&maker->table, row, column);
        double value;
        if (pt_csv_cell_missing(cell))
            return refuse_missing(maker, row, column);
        if (!pt_csv_cell_number(cell, &value))
            return pt_csv_table_fail(maker->error, &maker->table, row, column,
                                     "'%.*s' is not a number; classes are named by 'label'",
                                     cell.length, cell.text);
        targets[row * width + place] = (float)value;
    }
    return PT_OK;
}

static enum pt_status take_targets(struct maker *maker)
{
    const struct pt_node *target = maker->columns->target;
    bool is_list = target->kind == PT_NODE_SEQUENCE;
    int64_t width = is_list ? target->count : 1, place = 0;

    if (width < 1 || width > TARGETS_MAX)
        return pt_node_fail(maker->error, target,
                            "target names %" PRId64 " columns; allowed are 1 to %d", width,
                            TARGETS_MAX);
    float *targets = pt_arena_alloc(maker->arena, (size_t)maker->table.row_count,
                                    (size_t)width * sizeof *targets);
    if (targets == NULL)
        return no_memory(maker);
    maker->list.target_count = width;
    maker->list.targets = targets;
    const struct pt_node *item = is_list ? target->first : target;
    enum pt_status status = PT_OK;
    for (; place < width && status == PT_OK; place++, item = item->next)
        status = take_target(maker, item, place, targets);
    return status;
}

enum pt_status pt_image_list_from_csv(struct pt_arena *arena, const char *path,
                                      const struct pt_image_columns *columns,
                                      struct pt_csv_categories *classes,
                                      struct pt_image_list *ret_list, struct pt_error *error)
{
    struct maker maker = {.arena = arena, .columns = columns, .list.name = path, .error = error};
    const char *slash = strrchr(path, '/');

    maker.folder = slash == NULL ? "." : pt_arena_strndup(arena, path, (size_t)(slash - path));
    if (maker.folder == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the path %s", path);
    enum pt_status status =
        pt_csv_table_read(arena, path, columns->separator, true, &maker.table, error);
    if (status == PT_OK)
        status = take_paths(&maker);
    if (status == PT_OK)
        status = columns->label != NULL ? take_labels(&maker, classes) : take_targets(&maker);
    if (status == PT_OK)
        *ret_list = maker.list;
    return status;
}

// Copies of texts in arena; NULL without memory.
static const char *const *copy_texts(struct pt_arena *arena, const char *const *texts,
                                     const uint32_t *rows, int64_t count)
{
    const char **copies = pt_arena_alloc(arena, (size_t)count, sizeof *copies);
    for (int64_t i = 0; copies != NULL && i < count; i++)
        if ((copies[i] = pt_arena_strdup(arena, texts[rows != NULL ? (int64_t)rows[i] : i])) ==
            NULL)
            return NULL;
    return copies;
}

// Copies of the answers of rows; true unless there is no memory.
static bool copy_answers(struct pt_arena *arena, const struct pt_image_list *all,
                         const uint32_t *rows, struct pt_image_list *part)
{
    int64_t width = all->target_count;
    if (all->labels != NULL) {
        int32_t *labels = pt_arena_alloc(arena, (size_t)part->count, sizeof *labels);
        for (int64_t i = 0; labels != NULL && i < part->count; i++)
            labels[i] = all->labels[rows[i]];
        part->labels = labels;
        part->class_names = copy_texts(arena, all->class_names, NULL, all->class_count);
        return labels != NULL && part->class_names != NULL;
    }
    float *targets = pt_arena_alloc(arena, (size_t)part->count, (size_t)width * sizeof *targets);
    for (int64_t i = 0; targets != NULL && i < part->count; i++)
        memcpy(targets + i * width, all->targets + rows[i] * width,
               (size_t)width * sizeof *targets);
    part->targets = targets;
    return targets != NULL;
}

enum pt_status pt_image_list_take(struct pt_arena *arena, const struct pt_image_list *all,
                                  const uint32_t *rows, int64_t count,
                                  struct pt_image_list *ret_list, struct pt_error *error)
{
    struct pt_image_list part = *all;
    part.count = count;
    part.name = pt_arena_strdup(arena, all->name);
    part.paths = copy_texts(arena, all->paths, rows, count);
    if (part.name == NULL || part.paths == NULL || !copy_answers(arena, all, rows, &part))
        return pt_fail(error, PT_NO_MEMORY, "no memory for %" PRId64 " pictures", count);
    *ret_list = part;
    return PT_OK;
}
