// Reads XML of strangers as events, by expat: no entities of their own, no files, no network, a
// limited depth.
#ifndef PT_COST_FEED_XML_H
#define PT_COST_FEED_XML_H

#include "base/status.h"

enum { PT_XML_DEPTH_MOST = 32, PT_XML_TEXT_MOST = 512 };

// Names come without their prefix. text is what stood directly in the element, without blanks at
// its ends, at most PT_XML_TEXT_MOST - 1 bytes. What is not PT_OK ends the reading.
struct pt_xml_reader {
    enum pt_status (*begin)(void *state, const char *name, struct pt_error *error);
    enum pt_status (*end)(void *state, const char *name, const char *text, struct pt_error *error);
    void *state;
};

// PT_CORRUPT with the line for what is no XML or declares entities.
enum pt_status pt_xml_read(const char *bytes, size_t length, const struct pt_xml_reader *reader,
                           struct pt_error *error);

#endif
