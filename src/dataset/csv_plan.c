// From the mapping of kind csv to columns with a meaning.

#include "dataset/csv_plan.h"

#include <inttypes.h>
#include <string.h>

#include "base/size.h"

enum { CATEGORIES_MAX = 100000 };

// What a column is used for; no column serves twice.
enum use { USE_NONE, USE_FEATURE, USE_ONE_HOT, USE_LABEL, USE_TARGET };

static enum pt_status read_missing(const struct pt_node *node, enum pt_csv_missing *ret_missing,
                                   struct pt_error *error)
{
    static const char *const words[] = {"refuse", "mean", "zero", "drop", NULL};
    const struct pt_node *value = pt_node_find(node, "missing");
    int index = PT_CSV_MISSING_REFUSE;

    enum pt_status status = value != NULL ? pt_node_choice(value, words, &index, error) : PT_OK;
    if (status == PT_OK)
        *ret_missing = (enum pt_csv_missing)index;
    return status;
}

static enum pt_status read_table(struct pt_csv_plan *plan, const struct pt_node *path_node,
                                 const char *base_directory, char separator, bool has_header,
                                 struct pt_csv_table *ret_table, struct pt_error *error)
{
    const char *path;
    enum pt_status status = pt_dataset_path(plan->arena, path_node, base_directory, &path, error);
    if (status == PT_OK)
        status = pt_csv_table_read(plan->arena, path, separator, has_header, ret_table, error);
    return status;
}

static enum pt_status read_tables(struct pt_csv_plan *plan, const struct pt_node *node,
                                  const char *base_directory, struct pt_error *error)
{
    const struct pt_node *file = pt_node_find(node, "file");
    const struct pt_node *train = pt_node_find(node, "train_file");
    const struct pt_node *test = pt_node_find(node, "test_file");
    bool has_header = true;
    char separator;

    if ((file == NULL) == (train == NULL))
        return pt_node_fail(error, node, "give either 'file' or 'train_file'");
    if (test != NULL && plan->test_share > 0)
        return pt_node_fail(error, test, "give either test_file or test_share, not both");
    enum pt_status status = pt_node_get_bool(node, "header", PT_OPTIONAL, &has_header, error);
    if (status == PT_OK)
        status = pt_csv_read_separator(node, &separator, error);
    if (status == PT_OK)
        status = read_table(plan, file != NULL ? file : train, base_directory, separator,
                            has_header, &plan->train, error);
    if (status != PT_OK || test == NULL)
        return status;
    plan->has_test = true;
    status = read_table(plan, test, base_directory, separator, has_header, &plan->test, error);
    if (status == PT_OK)
        status = pt_csv_table_same_columns(&plan->train, &plan->test, error);
    return status;
}

static enum pt_status use_column(const struct pt_csv_plan *plan, const struct pt_node *node,
                                 enum use use, unsigned char *uses, int64_t *ret_column,
                                 struct pt_error *error)
{
    int64_t column;
    enum pt_status status = pt_csv_table_column(&plan->train, node, &column, error);
    if (status != PT_OK)
        return status;
    bool refines = use == USE_ONE_HOT && uses[column] == USE_FEATURE;
    if (uses[column] != USE_NONE && !refines)
        return pt_node_fail(error, node, "the column '%s' is used twice",
                            plan->train.names[column]);
    uses[column] = (unsigned char)use;
    *ret_column = column;
    return PT_OK;
}

// The names in a list, or the one name of a scalar.
static enum pt_status use_columns(struct pt_csv_plan *plan, const struct pt_node *node,
                                  enum use use, unsigned char *uses, int64_t **ret_columns,
                                  int64_t *ret_count, struct pt_error *error)
{
    bool is_list = node->kind == PT_NODE_SEQUENCE;
    int64_t count = is_list ? node->count : 1, i = 0;

    if (count == 0)
        return pt_node_fail(error, node, "%s names no column", node->key);
    int64_t *columns = pt_arena_alloc(plan->arena, (size_t)count, sizeof *columns);
    if (columns == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %" PRId64 " columns", count);
    for (const struct pt_node *item = is_list ? node->first : node; item != NULL && i < count;
         item = item->next, i++) {
        enum pt_status status = use_column(plan, item, use, uses, &columns[i], error);
        if (status != PT_OK)
            return status;
    }
    *ret_columns = columns;
    *ret_count = count;
    return PT_OK;
}

static enum pt_status find_classes(struct pt_csv_plan *plan, const struct pt_node *node,
                                   const struct pt_node *label, struct pt_error *error)
{
    const char *const *names;
    int64_t count;

    enum pt_status status = pt_dataset_read_classes(plan->arena, node, &names, &count, error);
    if (status != PT_OK)
        return status;
    if (count > 0)
        return pt_csv_categories_from_names(plan->arena, names, count, &plan->classes, error);
    status = pt_csv_categories_find(plan->arena, &plan->train, plan->label_column, CATEGORIES_MAX,
                                    &plan->classes, error);
    if (status == PT_OK && plan->classes.count < 2)
        status = pt_node_fail(
            error, label,
            "the label column '%s' of %s has %" PRId64 " different values; a classifier needs two",
            plan->train.names[plan->label_column], plan->train.file, plan->classes.count);
    return status;
}

static enum pt_status plan_targets(struct pt_csv_plan *plan, const struct pt_node *node,
                                   unsigned char *uses, struct pt_error *error)
{
    const struct pt_node *label = pt_node_find(node, "label");
    const struct pt_node *target = pt_node_find(node, "target");
    const struct pt_node *classes = pt_node_find(node, "classes");

    if ((label == NULL) == (target == NULL))
        return pt_node_fail(error, node,
                            "give either 'label' (a column of classes) or 'target' (of numbers)");
    if (target != NULL && classes != NULL)
        return pt_node_fail(error, classes, "classes belong to a label, but this is a target");
    if (target != NULL)
        return use_columns(plan, target, USE_TARGET, uses, &plan->target_columns,
                           &plan->target_count, error);
    plan->is_classes = true;
    enum pt_status status = use_column(plan, label, USE_LABEL, uses, &plan->label_column, error);
    if (status == PT_OK)
        status = find_classes(plan, node, label, error);
    return status;
}

// Without a list every column that serves nothing else is a feature, in the order of the file.
static enum pt_status choose_features(struct pt_csv_plan *plan, const struct pt_node *node,
                                      unsigned char *uses, int64_t **ret_columns,
                                      struct pt_error *error)
{
    const struct pt_node *features = pt_node_find(node, "features");

    if (features != NULL)
        return use_columns(plan, features, USE_FEATURE, uses, ret_columns, &plan->input_count,
                           error);
    int64_t *columns =
        pt_arena_alloc(plan->arena, (size_t)plan->train.column_count, sizeof *columns);
    if (columns == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the columns of %s", plan->train.file);
    for (int64_t i = 0; i < plan->train.column_count; i++)
        if (uses[i] == USE_NONE) {
            uses[i] = USE_FEATURE;
            columns[plan->input_count++] = i;
        }
    if (plan->input_count == 0)
        return pt_node_fail(error, node, "%s has no column left for features", plan->train.file);
    *ret_columns = columns;
    return PT_OK;
}

static enum pt_status mark_one_hot(struct pt_csv_plan *plan, const struct pt_node *node,
                                   unsigned char *uses, struct pt_error *error)
{
    const struct pt_node *one_hot = pt_node_find(node, "one_hot");
    int64_t *columns, count, before = 0, after = 0;

    if (one_hot == NULL)
        return PT_OK;
    for (int64_t i = 0; i < plan->train.column_count; i++)
        before += uses[i] == USE_FEATURE;
    enum pt_status status = use_columns(plan, one_hot, USE_ONE_HOT, uses, &columns, &count, error);
    if (status != PT_OK)
        return status;
    for (int64_t i = 0; i < plan->train.column_count; i++)
        after += uses[i] == USE_FEATURE || uses[i] == USE_ONE_HOT;
    if (after != before)
        return pt_node_fail(error, one_hot, "one_hot names a column that is not in 'features'");
    return PT_OK;
}

static enum pt_status plan_input(struct pt_csv_plan *plan, struct pt_csv_input *input,
                                 struct pt_error *error)
{
    input->first_feature = plan->feature_count;
    input->feature_count = 1;
    if (input->is_one_hot) {
        enum pt_status status = pt_csv_categories_find(plan->arena, &plan->train, input->column,
                                                       CATEGORIES_MAX, &input->categories, error);
        if (status != PT_OK)
            return status;
        if (input->categories.count == 0)
            return pt_fail(error, PT_BAD_INPUT, "%s: column '%s' holds only missing values",
                           plan->train.file, plan->train.names[input->column]);
        input->feature_count = input->categories.count;
    }
    plan->feature_count += input->feature_count;
    return PT_OK;
}

static enum pt_status plan_features(struct pt_csv_plan *plan, const struct pt_node *node,
                                    unsigned char *uses, struct pt_error *error)
{
    int64_t *columns = NULL;

    enum pt_status status = choose_features(plan, node, uses, &columns, error);
    if (status == PT_OK)
        status = mark_one_hot(plan, node, uses, error);
    if (status != PT_OK)
        return status;
    plan->inputs = pt_arena_alloc(plan->arena, (size_t)plan->input_count, sizeof *plan->inputs);
    for (int64_t i = 0; plan->inputs != NULL && i < plan->input_count; i++) {
        plan->inputs[i].column = columns[i];
        plan->inputs[i].is_one_hot = uses[columns[i]] == USE_ONE_HOT;
        status = plan_input(plan, &plan->inputs[i], error);
        if (status != PT_OK)
            return status;
    }
    plan->is_category = pt_arena_alloc(plan->arena, (size_t)plan->feature_count, sizeof(bool));
    if (plan->inputs == NULL || plan->is_category == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the features of %s", plan->train.file);
    for (int64_t i = 0; i < plan->input_count; i++)
        for (int64_t j = 0; j < plan->inputs[i].feature_count; j++)
            plan->is_category[plan->inputs[i].first_feature + j] = plan->inputs[i].is_one_hot;
    return PT_OK;
}

enum pt_status pt_csv_plan_make(struct pt_arena *arena, const struct pt_node *node,
                                const char *base_directory, struct pt_csv_plan *ret_plan,
                                struct pt_error *error)
{
    static const char *const keys[] = {"kind",      "file",       "train_file", "test_file",
                                       "label",     "target",     "classes",    "features",
                                       "header",    "separator",  "missing",    "one_hot",
                                       "normalize", "test_share", "seed",       NULL};
    struct pt_csv_plan plan = {.arena = arena, .normalize.kind = PT_NORMALIZE_NONE};

    enum pt_status status = pt_node_check_keys(node, keys, error);
    if (status == PT_OK)
        status = pt_dataset_read_split(node, &plan.test_share, &plan.seed, error);
    if (status == PT_OK)
        status = pt_normalize_read(node, &plan.normalize, error);
    if (status == PT_OK)
        status = pt_normalize_check(&plan.normalize, 1, NULL, error);
    if (status == PT_OK)
        status = read_missing(node, &plan.missing, error);
    if (status == PT_OK)
        status = read_tables(&plan, node, base_directory, error);
    if (status != PT_OK)
        return status;
    unsigned char *uses = pt_arena_alloc(arena, (size_t)plan.train.column_count, 1);
    if (uses == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the columns of %s", plan.train.file);
    status = plan_targets(&plan, node, uses, error);
    if (status == PT_OK)
        status = plan_features(&plan, node, uses, error);
    if (status == PT_OK)
        *ret_plan = plan;
    return status;
}
