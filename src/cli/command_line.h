// The command line as one text, for the ledger.
#ifndef PT_CLI_COMMAND_LINE_H
#define PT_CLI_COMMAND_LINE_H

#include "base/arena.h"

// Words joined by blanks; a word with blanks or quotes is put in single quotes, as a shell takes
// it. NULL: out of memory.
const char *pt_command_line(struct pt_arena *arena, int argc, char **argv);

#endif
