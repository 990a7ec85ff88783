// A mapping of kind csv or series, a line "---", and the file that it reads: refused, or a dataset
// whose numbers are finite and whose labels are classes.

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

static void check_floats(const float *values, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            abort();
}

// Of a reader the first and the last sample.
static void check_reader(const struct pt_dataset *dataset)
{
    const uint32_t rows[] = {0, (uint32_t)(dataset->sample_count - 1)};
    float *features = calloc((size_t)(2 * dataset->feature_count), sizeof *features);
    float *targets = calloc((size_t)(2 * dataset->target_count + 1), sizeof *targets);
    int32_t *labels = calloc((size_t)(2 * dataset->label_count), sizeof *labels);
    struct pt_batch batch = {.features = features, .labels = labels, .targets = targets};
    if (features == NULL || targets == NULL || labels == NULL)
        abort();
    if (pt_dataset_batch(dataset, rows, 0, 2, 1, 0, &batch, NULL) == PT_OK) {
        check_floats(features, 2 * dataset->feature_count);
        check_floats(targets, 2 * dataset->target_count);
    }
    free(features);
    free(targets);
    free(labels);
}

static void check(const struct pt_dataset *dataset)
{
    if (dataset == NULL || dataset->has_tokens)
        return;
    if (dataset->reader != NULL) {
        check_reader(dataset);
        return;
    }
    if (dataset->sample_count < 1 || (dataset->labels == NULL) == (dataset->targets == NULL))
        abort();
    if (dataset->features != NULL)
        check_floats(dataset->features, dataset->sample_count * dataset->feature_count);
    check_floats(dataset->targets, dataset->sample_count * dataset->target_count);
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
