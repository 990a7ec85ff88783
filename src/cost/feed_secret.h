// The token of a feed: from the environment, or from the file of netrc.h, never from the command
// line, and never in a message.
#ifndef PT_COST_FEED_SECRET_H
#define PT_COST_FEED_SECRET_H

#include "cost/feed_fetch.h"

// Sets session->token; of a feed with a login, by asking for one.
enum pt_status pt_feed_find_secret(struct pt_feed_session *session, struct pt_error *error);
// One answer of status 200, or why there is none, after retries. For the login too.
enum pt_status pt_feed_exchange(struct pt_feed_session *session,
                                const struct pt_feed_request *request, struct pt_http_reply *reply,
                                struct pt_error *error);

#endif
