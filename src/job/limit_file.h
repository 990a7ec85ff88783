// Limits that are files below /sys: what their drivers share.
#ifndef PT_JOB_LIMIT_FILE_H
#define PT_JOB_LIMIT_FILE_H

#include "job/power_limit.h"

enum pt_status pt_limit_file_read(const struct pt_sensor_options *options,
                                  const struct pt_power_limit *limit, char text[PT_LIMIT_TEXT],
                                  struct pt_error *error);
enum pt_status pt_limit_file_write(const struct pt_sensor_options *options,
                                   const struct pt_power_limit *limit, const char *text,
                                   struct pt_error *error);
// PT_BUSY if any chip of hwmon shows a critical temperature.
enum pt_status pt_limit_file_heat(const struct pt_sensor_options *options,
                                  const struct pt_power_limit *limit, struct pt_error *error);

// Reads now and is_writable of limit->path. False: no such file.
bool pt_limit_file_look(const struct pt_sensor_options *options, struct pt_power_limit *limit);
// The number in folder/name times scale; NAN if there is none.
double pt_limit_file_number(const struct pt_sensor_options *options, double scale,
                            const char *folder, const char *name);
// Calls each(name, ...) for what is in folder, in order of their names' numbers; absent: nothing.
void pt_limit_each(const struct pt_sensor_options *options, const char *folder,
                   void (*each)(const struct pt_sensor_options *options, const char *name,
                                struct pt_power_limit *list, int *count),
                   struct pt_power_limit *list, int *count);

#endif
