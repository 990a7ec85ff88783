// Any file as a calibration of this CPU: it is refused, or all its speeds are those of a machine.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hardware/machine.h"

static char folder[] = "/tmp/powertrain-fuzz-XXXXXX", path[128];

static void clean(void)
{
    unlink(path);
    rmdir(folder);
}

static void write_file(const uint8_t *bytes, size_t length)
{
    if (path[0] == '\0') {
        if (mkdtemp(folder) == NULL)
            abort();
        snprintf(path, sizeof path, "%s/calibration-fuzz.json", folder);
        atexit(clean);
    }
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const struct pt_cpu_info cpu = {.model = "fuzz", .threads = 2};
    struct pt_calibration calibration;

    write_file(bytes, length);
    if (pt_calibration_load(&cpu, folder, &calibration, NULL) != PT_OK)
        return 0;
    if (calibration.point_count < 1 || calibration.point_count > PT_CALIBRATION_THREADS_MAX)
        abort();
    for (int threads = 1; threads < 100; threads += 7) {
        struct pt_calibration_point point = pt_calibration_at(&calibration, threads);
        if (!(point.fp32_flop_per_second > 0 && isfinite(point.fp32_flop_per_second) &&
              point.memory_bytes_per_second > 0 && point.cache_bytes > 0))
            abort();
    }
    return 0;
}
