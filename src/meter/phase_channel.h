// Where a program that is metered says what it does: docs/phases.md has the lines.
//
// Two doors, named in the environment of the command:
//   POWERTRAIN_SOCKET    "@NAME", a Unix socket of SOCK_SEQPACKET with an abstract name. For
//                        libraries: the kernel tells who speaks, and children that close all
//                        descriptors find it again. Not SOCK_DGRAM, whose queue holds ten messages
//                        of all senders together (net.unix.max_dgram_qlen) where nobody raised it.
//   POWERTRAIN_PHASE_FD  a descriptor of one digit, for shells: echo "phase eval"
//   >&$POWERTRAIN_PHASE_FD
// Neither ever blocks. The descriptor is a pipe that its holder could read itself, so that writing
// to it is no SIGPIPE when the meter is gone.
//
// A thread of ours sleeps until something is said, and then reads what comes in each 20 ms at once:
// lines carry their time. The meter catches up before it divides a sample.
#ifndef PT_METER_PHASE_CHANNEL_H
#define PT_METER_PHASE_CHANNEL_H

#include "meter/phase_book.h"

#define PT_PHASE_SOCKET_VARIABLE "POWERTRAIN_SOCKET"
#define PT_PHASE_FD_VARIABLE     "POWERTRAIN_PHASE_FD"

struct pt_phase_channel;

// Opens both doors. The book is borrowed, and catches up here from now on.
enum pt_status pt_phase_channel_open(struct pt_phase_book *book,
                                     struct pt_phase_channel **ret_channel, struct pt_error *error);
// Sets the variables of this process, for the command that it is about to start.
enum pt_status pt_phase_channel_export(struct pt_phase_channel *channel, struct pt_error *error);
const char *pt_phase_channel_name(const struct pt_phase_channel *channel); // of the socket
int pt_phase_channel_fd(const struct pt_phase_channel *channel);           // -1 once it has started
// The command runs: closes our copy of its descriptor, clears the variables, starts the thread.
enum pt_status pt_phase_channel_start(struct pt_phase_channel *channel, struct pt_error *error);
// Accepts NULL. What was said until now is read first.
void pt_phase_channel_close(struct pt_phase_channel *channel);

#endif
