// Exact conversions. Inside we use SI; these stand at the edges.
#ifndef PT_BASE_UNITS_H
#define PT_BASE_UNITS_H

#define PT_JOULES_PER_MICROJOULE  1e-6
#define PT_JOULES_PER_WATT_HOUR   3600.0
#define PT_JOULES_PER_KWH         3.6e6
#define PT_WATTS_PER_MICROWATT    1e-6
#define PT_SECONDS_PER_HOUR       3600.0
#define PT_SECONDS_PER_DAY        86400.0
#define PT_NANOSECONDS_PER_SECOND 1000000000LL
#define PT_BYTES_PER_KIB          1024.0
#define PT_BYTES_PER_MIB          1048576.0
#define PT_BYTES_PER_GIB          1073741824.0

#endif
