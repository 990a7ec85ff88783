// Shapes and element types.

#include <stdio.h>

#include "model/graph.h"

int64_t pt_shape_size(const struct pt_shape *shape)
{
    int64_t size = 1;
    for (int i = 0; i < shape->rank; i++)
        if (!pt_size_product(size, shape->dim[i], &size))
            return -1;
    return size;
}

bool pt_shape_equal(const struct pt_shape *a, const struct pt_shape *b)
{
    bool equal = a->rank == b->rank;
    for (int i = 0; i < a->rank && equal; i++)
        equal = a->dim[i] == b->dim[i];
    return equal;
}

const char *pt_shape_text(const struct pt_shape *shape, char *buffer)
{
    char *end = buffer;
    *end++ = '[';
    for (int i = 0; i < shape->rank; i++)
        end += sprintf(end, "%s%lld", i > 0 ? ", " : "", (long long)shape->dim[i]);
    *end++ = ']';
    *end = '\0';
    return buffer;
}

int64_t pt_dtype_bytes(enum pt_dtype dtype)
{
    return dtype == PT_BFLOAT16 ? 2 : 4;
}
