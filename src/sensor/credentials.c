// See credentials.h.

#include "sensor/credentials.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum pt_status pt_credentials_find(const char *host, struct pt_credentials *ret_credentials,
                                   struct pt_error *error)
{
    const char *user = getenv(PT_CREDENTIALS_USER), *password = getenv(PT_CREDENTIALS_PASSWORD);
    *ret_credentials = (struct pt_credentials){0};
    if ((user != NULL) != (password != NULL))
        return pt_fail(error, PT_USAGE, "the environment has only one of %s and %s",
                       PT_CREDENTIALS_USER, PT_CREDENTIALS_PASSWORD);
    if (user != NULL) {
        if (strlen(user) >= sizeof ret_credentials->user ||
            strlen(password) >= sizeof ret_credentials->password)
            return pt_fail(error, PT_USAGE, "%s or %s is too long", PT_CREDENTIALS_USER,
                           PT_CREDENTIALS_PASSWORD);
        snprintf(ret_credentials->user, sizeof ret_credentials->user, "%s", user);
        snprintf(ret_credentials->password, sizeof ret_credentials->password, "%s", password);
        return PT_OK;
    }
    return pt_netrc_lookup(host, ret_credentials, error);
}
