// A process that is forked to outlive its parent must not hold what that has open: pipes whose end
// others wait for, locks, sockets.
#ifndef PT_JOB_CLOSE_FDS_H
#define PT_JOB_CLOSE_FDS_H

// Closes all files but kept_fd; the standard streams become /dev/null. For a process that is alone
// in its memory (after fork).
void pt_close_all_but(int kept_fd);
// The same; the standard streams stay.
void pt_close_behind_streams(int kept_fd, int kept_too_fd);

#endif
