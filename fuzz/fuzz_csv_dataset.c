// A mapping of kind csv, a line "---", and the file that it reads: refused, or a dataset whose
// numbers are finite and whose labels are classes.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dataset/dataset.h"

static char folder[] = "/tmp/powertrain-fuzz-XXXXXX", path[128];

static void clean(void)
{
    unlink(path);
    rmdir(folder);
}

static void write_file(const void *bytes, size_t length)
{
    if (path[0] == '\0') {
        if (mkdtemp(folder) == NULL)
            abort();
        snprintf(path, sizeof path, "%s/x.csv", folder);
        atexit(clean);
    }
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
        abort();
}

static void check(const struct pt_dataset *dataset)
{
    if (dataset == NULL)
        return;
    if (dataset->sample_count < 1 || (dataset->labels == NULL) == (dataset->targets == NULL))
        abort();
    for (int64_t i = 0; i < dataset->sample_count * dataset->feature_count; i++)
        if (!isfinite(dataset->features[i]))
            abort();
    for (int64_t i = 0; i < dataset->sample_count * dataset->target_count; i++)
        if (!isfinite(dataset->targets[i]))
            abort();
    for (int64_t i = 0; dataset->labels != NULL && i < dataset->sample_count; i++)
        if (dataset->labels[i] < 0 || dataset->labels[i] >= dataset->class_count)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const char rule[] = "\n---\n";
    const struct pt_node *node;
    struct pt_dataset_pair pair;

    const uint8_t *border = memmem(bytes, length, rule, strlen(rule));
    if (border == NULL)
        return 0;
    const uint8_t *text = border + strlen(rule);
    write_file(text, length - (size_t)(text - bytes));
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        abort();
    // Paths of the mapping may name x.csv only: no other file is read.
    if (memchr(bytes, '/', (size_t)(border - bytes)) == NULL &&
        pt_yaml_parse(arena, (const char *)bytes, (size_t)(border - bytes), "fuzz.yaml", &node,
                      NULL) == PT_OK &&
        pt_dataset_open(node, folder, &pair, NULL) == PT_OK) {
        check(pair.train);
        check(pair.test);
        pt_dataset_destroy(pair.train);
        pt_dataset_destroy(pair.test);
    }
    pt_arena_destroy(arena);
    return 0;
}
