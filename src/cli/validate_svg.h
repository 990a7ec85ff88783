// Predicted against published as a picture: self-contained SVG.
#ifndef PT_CLI_VALIDATE_SVG_H
#define PT_CLI_VALIDATE_SVG_H

#include "plan/validate.h"

// Four panels, logarithms on both axes: throughput with the layout known and blind, whole runs, and
// metered energy. A point is a row with its interval, its color the class of the network; on the
// line a prediction is right. Panels without rows say so. Writes the file whole or not at all.
enum pt_status pt_write_validation_svg(const char *path, struct pt_arena *arena,
                                       const struct pt_validation *validation,
                                       struct pt_error *error);

#endif
