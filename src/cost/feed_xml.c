// See feed_xml.h.

#include "cost/feed_xml.h"

#include <ctype.h>
#include <expat.h>
#include <limits.h>
#include <string.h>

struct scan {
    XML_Parser parser;
    const struct pt_xml_reader *reader;
    int depth;
    char text[PT_XML_TEXT_MOST];
    size_t length;
    enum pt_status status;
    struct pt_error *error;
};

static void stop(struct scan *scan, enum pt_status status)
{
    scan->status = status;
    XML_StopParser(scan->parser, XML_FALSE);
}

static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

static void on_begin(void *state, const XML_Char *name, const XML_Char **attributes)
{
    struct scan *scan = state;
    (void)attributes;
    scan->length = 0;
    if (scan->status != PT_OK)
        return;
    if (++scan->depth > PT_XML_DEPTH_MOST) {
        stop(scan,
             pt_fail(scan->error, PT_CORRUPT, "XML nested deeper than %d", PT_XML_DEPTH_MOST));
        return;
    }
    enum pt_status status = scan->reader->begin(scan->reader->state, local_name(name), scan->error);
    if (status != PT_OK)
        stop(scan, status);
}

static void on_end(void *state, const XML_Char *name)
{
    struct scan *scan = state;
    const char *text = scan->text;
    if (scan->status != PT_OK)
        return;
    while (scan->length > 0 && isspace((unsigned char)scan->text[scan->length - 1]))
        scan->length--;
    scan->text[scan->length] = '\0';
    while (isspace((unsigned char)*text))
        text++;
    enum pt_status status =
        scan->reader->end(scan->reader->state, local_name(name), text, scan->error);
    scan->length = 0;
    scan->depth--;
    if (status != PT_OK)
        stop(scan, status);
}

static void on_text(void *state, const XML_Char *text, int length)
{
    struct scan *scan = state;
    size_t room = sizeof scan->text - 1 - scan->length;
    size_t count = (size_t)length < room ? (size_t)length : room;
    memcpy(scan->text + scan->length, text, count);
    scan->length += count;
}

// A document that declares entities wants something else than to be read.
static void on_entity(void *state, const XML_Char *name, int is_parameter, const XML_Char *value,
                      int length, const XML_Char *base, const XML_Char *system,
                      const XML_Char *public_id, const XML_Char *notation)
{
    struct scan *scan = state;
    (void)name, (void)is_parameter, (void)value, (void)length, (void)base, (void)system;
    (void)public_id, (void)notation;
    if (scan->status == PT_OK)
        stop(scan, pt_fail(scan->error, PT_CORRUPT, "XML that declares entities"));
}

static enum pt_status parse(struct scan *scan, const char *bytes, size_t length)
{
    XML_SetUserData(scan->parser, scan);
    XML_SetElementHandler(scan->parser, on_begin, on_end);
    XML_SetCharacterDataHandler(scan->parser, on_text);
    XML_SetEntityDeclHandler(scan->parser, on_entity);
    if (XML_Parse(scan->parser, bytes, (int)length, 1) == XML_STATUS_OK || scan->status != PT_OK)
        return scan->status;
    enum XML_Error code = XML_GetErrorCode(scan->parser);
    if (code == XML_ERROR_NO_MEMORY)
        return pt_fail(scan->error, PT_NO_MEMORY, "no memory for XML");
    return pt_fail(scan->error, PT_CORRUPT, "no XML: line %lu: %s",
                   (unsigned long)XML_GetCurrentLineNumber(scan->parser), XML_ErrorString(code));
}

enum pt_status pt_xml_read(const char *bytes, size_t length, const struct pt_xml_reader *reader,
                           struct pt_error *error)
{
    struct scan scan = {.reader = reader, .status = PT_OK, .error = error};
    if (length > INT_MAX)
        return pt_fail(error, PT_OVERFLOW, "%zu bytes of XML", length);
    scan.parser = XML_ParserCreate(NULL);
    if (scan.parser == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for XML");
    enum pt_status status = parse(&scan, bytes, length);
    XML_ParserFree(scan.parser);
    return status;
}
