// User and password of a server, from a file that only its owner can read.
//
// The file is in the format of .netrc ("machine HOST login USER password PASSWORD", or "default"
// for every other host). It is POWERTRAIN_NETRC, else ~/.config/powertrain/netrc.
#ifndef PT_BASE_NETRC_H
#define PT_BASE_NETRC_H

#include "base/status.h"

#define PT_NETRC_FILE "POWERTRAIN_NETRC"

struct pt_credentials {
    char user[128], password[256]; // user "": none are known
};

// PT_OK and an empty user if there is no such file or entry. PT_DENIED if others may read the file,
// PT_BAD_INPUT if it is malformed.
enum pt_status pt_netrc_lookup(const char *host, struct pt_credentials *ret_credentials,
                               struct pt_error *error);
// The entry of host in length bytes of such a file. No message repeats what stands in it.
enum pt_status pt_netrc_find(const char *text, size_t length, const char *host,
                             struct pt_credentials *ret_credentials, struct pt_error *error);

#endif
