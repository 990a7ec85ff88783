// What perf and powercap share: both read the RAPL counters of the processor.

#include "sensor/driver.h"
#include "sensor/sysfs.h"

#include <string.h>

double pt_rapl_package_error(const char *root)
{
    char text[256]; // the vendor stands in the second line
    if (pt_sysfs_text(root, text, sizeof text, NULL, "/proc/cpuinfo") == PT_OK &&
        strstr(text, "GenuineIntel") != NULL)
        return 0.05;
    return 0.10;
}
