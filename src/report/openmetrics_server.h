// /metrics over HTTP, on the loopback interface only, by libmicrohttpd, which is opened when it is
// asked for: it brings a TLS library with it, whose loading would cost every start milliseconds.
#ifndef PT_REPORT_OPENMETRICS_SERVER_H
#define PT_REPORT_OPENMETRICS_SERVER_H

#include "base/status.h"

struct pt_metrics_server;

// Takes the port of 127.0.0.1 (0: any free one) and finds the library; nobody is answered yet, and
// there is no thread yet. PT_USAGE: the port is taken or not allowed; PT_UNAVAILABLE: no library.
enum pt_status pt_metrics_server_open(int port, struct pt_metrics_server **ret_server,
                                      struct pt_error *error);
int pt_metrics_server_port(const struct pt_metrics_server *server);
// Answers from now on, in a thread of its own, with the newest text.
enum pt_status pt_metrics_server_start(struct pt_metrics_server *server, struct pt_error *error);
// Takes text, from malloc, of this length.
void pt_metrics_server_set(struct pt_metrics_server *server, char *text, size_t length);
void pt_metrics_server_close(struct pt_metrics_server *server); // accepts NULL

#endif
