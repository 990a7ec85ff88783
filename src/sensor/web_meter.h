// What the meters on the network have in common: an address with credentials, a poller, one
// channel.
#ifndef PT_SENSOR_WEB_METER_H
#define PT_SENSOR_WEB_METER_H

#include "sensor/driver.h"
#include "sensor/poller.h"
#include "sensor/web.h"

struct pt_web_meter;

// What differs.
struct pt_web_meter_kind {
    const char *name; // of the driver
    const char *channel;
    double period_seconds;
    double most_watts;
    double refresh_seconds; // how old its values may be when it gives them
    double relative_error;
    struct pt_web_limits limits;
    // Sets the path that is asked from now on, where the user named none.
    enum pt_status (*find)(struct pt_web_meter *meter, struct pt_error *error);
    enum pt_status (*parse)(const char *text, size_t length, int outlet,
                            struct pt_slow_answer *ret_answer, struct pt_error *error);
};

enum pt_status pt_web_meter_open(const struct pt_web_meter_kind *kind,
                                 const struct pt_sensor_options *options, void **ret_state,
                                 struct pt_channel *channels, int *ret_channel_count,
                                 struct pt_error *error);
enum pt_status pt_web_meter_read(void *state, double *raw_joules, double *power_watts,
                                 struct pt_error *error);
void pt_web_meter_close(void *state);
const char *pt_web_meter_source(const void *state); // its address

// For find. A path that does not fit is PT_OVERFLOW.
const struct pt_web_target *pt_web_meter_target(const struct pt_web_meter *meter);
const struct pt_credentials *pt_web_meter_credentials(const struct pt_web_meter *meter);
enum pt_status pt_web_meter_get(struct pt_web_meter *meter, const char *path, const char **ret_body,
                                size_t *ret_length, struct pt_error *error);
enum pt_status pt_web_meter_set_path(struct pt_web_meter *meter, struct pt_error *error,
                                     const char *format, ...) PT_PRINTF(3, 4);
// Asks for the path that is set.
enum pt_status pt_web_meter_ask(struct pt_web_meter *meter, struct pt_slow_answer *ret_answer,
                                struct pt_error *error);

#endif
