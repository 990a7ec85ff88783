// The files that the page is made of, carried inside the program (cmake/embed.cmake).
#ifndef PT_REPORT_EMBEDDED_H
#define PT_REPORT_EMBEDDED_H

// NUL-terminated texts.
extern const char pt_embedded_page_css[];
extern const char pt_embedded_page_js[];
extern const char pt_embedded_compare_js[];
extern const char pt_embedded_chart_js[]; // Chart.js 3, MIT

#endif
