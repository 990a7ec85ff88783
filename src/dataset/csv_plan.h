// What a mapping of kind csv asks for: which file, which columns, and what becomes of them.
#ifndef PT_DATASET_CSV_PLAN_H
#define PT_DATASET_CSV_PLAN_H

#include "dataset/csv_table.h"
#include "dataset/internal.h"

// What to do with an empty cell. In the order of the words of the key missing.
enum pt_csv_missing {
    PT_CSV_MISSING_REFUSE,
    PT_CSV_MISSING_MEAN, // of the training part
    PT_CSV_MISSING_ZERO, // before normalization
    PT_CSV_MISSING_DROP, // the whole sample
};

// A column that becomes one feature, or one for each category.
struct pt_csv_input {
    int64_t column;
    bool is_one_hot;
    struct pt_csv_categories categories; // is_one_hot
    int64_t first_feature, feature_count;
};

struct pt_csv_plan {
    struct pt_arena *arena;
    struct pt_csv_table train, test;
    bool has_test;
    enum pt_csv_missing missing;
    struct pt_normalize normalize;
    double test_share;
    uint64_t seed;

    int64_t input_count, feature_count;
    struct pt_csv_input *inputs;
    bool *is_category; // [feature_count]: a 0 or 1 that is not normalized

    bool is_classes;
    int64_t label_column;
    struct pt_csv_categories classes;
    int64_t target_count;
    int64_t *target_columns;
};

// Reads the files and resolves the columns. All memory comes from arena.
enum pt_status pt_csv_plan_make(struct pt_arena *arena, const struct pt_node *node,
                                const char *base_directory, struct pt_csv_plan *ret_plan,
                                struct pt_error *error);

#endif
