// Which image files a dataset of kind images has, and what is to be learned from each.
#ifndef PT_DATASET_IMAGE_LIST_H
#define PT_DATASET_IMAGE_LIST_H

#include "base/node.h"
#include "dataset/csv_table.h"

struct pt_image_list {
    const char *name; // the folder or file that it was made of, for messages
    int64_t count;
    const char *const *paths; // [count]
    int64_t class_count;      // 0: regression
    const char *const *class_names;
    const int32_t *labels; // [count], class_count > 0
    int64_t target_count;
    const float *targets; // [count, target_count]
};

// A folder with one folder for each class; names in the order of bytes. Of a test folder: the list
// of the training part, which knows the classes; else NULL. Files that end in .png, .jpg or .jpeg
// count, in any case. PT_BAD_INPUT for a class without pictures, a folder in it, or a new class.
enum pt_status pt_image_list_from_folder(struct pt_arena *arena, const char *path,
                                         const struct pt_image_list *train,
                                         struct pt_image_list *ret_list, struct pt_error *error);

// What the columns of a CSV file mean; the nodes name them.
struct pt_image_columns {
    const struct pt_node *file;           // NULL: "file"
    const struct pt_node *label, *target; // one of them; target may be a sequence
    char separator;
};
// A CSV file with a path in each row, relative to the file's own folder, and a label or targets.
// classes, of the training file, are looked up if they are given (count > 0), else found.
enum pt_status pt_image_list_from_csv(struct pt_arena *arena, const char *path,
                                      const struct pt_image_columns *columns,
                                      struct pt_csv_categories *classes,
                                      struct pt_image_list *ret_list, struct pt_error *error);
// The samples rows[0..count) of a list. Paths, names, labels and targets are copied into arena.
enum pt_status pt_image_list_take(struct pt_arena *arena, const struct pt_image_list *all,
                                  const uint32_t *rows, int64_t count,
                                  struct pt_image_list *ret_list, struct pt_error *error);

#endif
