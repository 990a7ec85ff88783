// User and password of a meter on the network: from the environment, or from a file that only its
// owner can read (base/netrc.h). Never from the command line, which everybody sees.
//
// The environment wins. It is inherited by the command that is metered, so the file is better.
#ifndef PT_SENSOR_CREDENTIALS_H
#define PT_SENSOR_CREDENTIALS_H

#include "base/netrc.h"

#define PT_CREDENTIALS_USER     "POWERTRAIN_SENSOR_USER"
#define PT_CREDENTIALS_PASSWORD "POWERTRAIN_SENSOR_PASSWORD"
#define PT_CREDENTIALS_FILE     PT_NETRC_FILE

// PT_OK and an empty user if nobody tells. PT_DENIED if others may read the file, PT_BAD_INPUT if
// it is malformed.
enum pt_status pt_credentials_find(const char *host, struct pt_credentials *ret_credentials,
                                   struct pt_error *error);

#endif
