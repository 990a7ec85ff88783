// The output of a command on its way to where it goes, read line by line for phases.
//
// Standard output and standard error of this process are replaced while the command starts, by a
// pseudo-terminal where they are a terminal, so that the command goes on coloring and buffering as
// it would, else by a pipe; then put back. Threads of ours pass every byte on as it comes. If what
// they write to is closed they close their end too, so that the command meets the same end.
#ifndef PT_METER_PHASE_OUTPUT_H
#define PT_METER_PHASE_OUTPUT_H

#include "meter/phase_book.h"
#include "meter/phase_pattern.h"

struct pt_phase_output;

// Book and patterns are borrowed. Makes the pipes; what is closed stays closed.
enum pt_status pt_phase_output_open(struct pt_phase_book *book, struct pt_phase_patterns *patterns,
                                    struct pt_phase_output **ret_output, struct pt_error *error);
// Between these two the command is started: what it inherits as 1 and 2 are our pipes. The second
// may be called when nothing is diverted.
enum pt_status pt_phase_output_divert(struct pt_phase_output *output, struct pt_error *error);
void pt_phase_output_restore(struct pt_phase_output *output);
// The command runs: passes on what it writes. After _restore.
enum pt_status pt_phase_output_start(struct pt_phase_output *output, struct pt_error *error);
// The command has ended: what it wrote has been passed on when this returns. If it has left
// processes behind that may still write, a process of ours is left behind that passes it on.
void pt_phase_output_finish(struct pt_phase_output *output);
void pt_phase_output_close(struct pt_phase_output *output); // accepts NULL

#endif
