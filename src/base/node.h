// A tree of nodes read from YAML or JSON, in which every node knows its place in the file.
//
// Scalars stay text until somebody asks for a type, so `no` and `1e3` mean what the reader of the
// key says. Strict: duplicate keys, merge keys (`<<`), tags of an application, more than one
// document, bytes that are no UTF-8, nesting deeper than PT_NODE_DEPTH_LIMIT or more nodes than
// PT_NODE_COUNT_LIMIT are errors with file, line and column. An alias is a copy of its anchor, and
// counts as that many nodes. Booleans are only true and false.
#ifndef PT_BASE_NODE_H
#define PT_BASE_NODE_H

#include "base/arena.h"

enum { PT_NODE_DEPTH_LIMIT = 64, PT_NODE_COUNT_LIMIT = 1000000 };

enum pt_node_kind { PT_NODE_SCALAR, PT_NODE_SEQUENCE, PT_NODE_MAPPING };

struct pt_node {
    enum pt_node_kind kind;
    const char *file;             // as the user named it
    int line, column;             // from 1, in characters; 0 if nobody knows
    int key_line, key_column;     // of its key, if it has one
    const char *key;              // in its mapping, else NULL
    const char *text;             // scalar; "" for an empty one; never NULL
    bool quoted;                  // scalar that was quoted: a string whatever it looks like
    bool is_null;                 // scalar null, ~ or nothing at all, not quoted
    bool typed;                   // of JSON: what is not quoted is no string
    int64_t count;                // children of a sequence or mapping
    struct pt_node *first, *next; // first child, next sibling
};

// All memory comes from arena. length bytes of text; name is what messages call the file.
enum pt_status pt_yaml_parse(struct pt_arena *arena, const char *text, size_t length,
                             const char *name, const struct pt_node **ret_root,
                             struct pt_error *error);
enum pt_status pt_json_parse(struct pt_arena *arena, const char *text, size_t length,
                             const char *name, const struct pt_node **ret_root,
                             struct pt_error *error);
// Reads the file and parses it by its ending (.json, else YAML). At most 64 MiB.
enum pt_status pt_node_read_file(struct pt_arena *arena, const char *path,
                                 const struct pt_node **ret_root, struct pt_error *error);

// Replaces or adds the value that "train.optimizer.kind=adam" says, in YAML; mappings on the way
// are made where there are none. root is a tree that was read into arena. PT_USAGE for a malformed
// assignment, PT_BAD_INPUT if a key on the way is no mapping.
enum pt_status pt_node_set(struct pt_arena *arena, struct pt_node *root, const char *assignment,
                           struct pt_error *error);

// "file:line:column: " and the message; returns PT_BAD_INPUT.
enum pt_status pt_node_fail(struct pt_error *error, const struct pt_node *node, const char *format,
                            ...) PT_PRINTF(3, 4);

// The child of a mapping under key, or NULL.
const struct pt_node *pt_node_find(const struct pt_node *mapping, const char *key);
// PT_BAD_INPUT unless node is a mapping with only keys from the NULL-terminated list: names the
// unknown key, its place, and the nearest known one ("did you mean").
enum pt_status pt_node_check_keys(const struct pt_node *node, const char *const *known,
                                  struct pt_error *error);
enum pt_status pt_node_check_kind(const struct pt_node *node, enum pt_node_kind kind,
                                  struct pt_error *error);

// The typed value of a scalar node. The whole text must be used; the range is inclusive, and an
// infinite end (INT64_MIN, INT64_MAX) is no limit. A quoted scalar is a string and nothing else;
// null is a value of no type. Messages begin with the key of the node.
enum pt_status pt_node_number(const struct pt_node *node, double least, double most,
                              double *ret_value, struct pt_error *error);
enum pt_status pt_node_integer(const struct pt_node *node, int64_t least, int64_t most,
                               int64_t *ret_value, struct pt_error *error);
enum pt_status pt_node_bool(const struct pt_node *node, bool *ret_value, struct pt_error *error);
enum pt_status pt_node_string(const struct pt_node *node, const char **ret_value,
                              struct pt_error *error);
// The index of the scalar in a NULL-terminated list of words; did-you-mean if it is none of them.
enum pt_status pt_node_choice(const struct pt_node *node, const char *const *words, int *ret_index,
                              struct pt_error *error);

// The same for the child under key. An absent child leaves *value alone if optional, and is
// PT_BAD_INPUT "missing key" if not.
enum pt_need { PT_REQUIRED, PT_OPTIONAL };
enum pt_status pt_node_get_number(const struct pt_node *mapping, const char *key, enum pt_need need,
                                  double least, double most, double *value, struct pt_error *error);
enum pt_status pt_node_get_integer(const struct pt_node *mapping, const char *key,
                                   enum pt_need need, int64_t least, int64_t most, int64_t *value,
                                   struct pt_error *error);
enum pt_status pt_node_get_bool(const struct pt_node *mapping, const char *key, enum pt_need need,
                                bool *value, struct pt_error *error);
enum pt_status pt_node_get_string(const struct pt_node *mapping, const char *key, enum pt_need need,
                                  const char **value, struct pt_error *error);

#endif
