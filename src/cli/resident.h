// Memory that is not needed while a command runs.
#ifndef PT_CLI_RESIDENT_H
#define PT_CLI_RESIDENT_H

// Lets go of the pages of program and libraries that were needed to start. They are clean pages of
// files and come back, from the page cache, when they are used again. What was written to, as
// relocated pointers are, stays. In the main thread also of the stack below the caller.
void pt_resident_shrink(void);

#endif
