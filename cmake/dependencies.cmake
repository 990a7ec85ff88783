# What we need from the system, as imported targets. The Debian names and the reasons for each stand
# in README.md and scripts/install-deps.sh.
#
# oneDNN and OpenBLAS are not here: engine/gemm_*.c opens them at run time, because loading their
# 70 MB would cost every `powertrain meter` its start-up time, and the program works without them.
# Of libcurl only the headers are needed here: base/curl_library.c opens it at run time likewise.
find_package(Threads REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS C)
find_package(ZLIB REQUIRED)
find_package(PNG REQUIRED)
find_package(JPEG REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(EXPAT REQUIRED IMPORTED_TARGET expat)
pkg_check_modules(CURL REQUIRED libcurl)
# Likewise of libmicrohttpd: report/openmetrics_server.c opens it for --metrics-port.
pkg_check_modules(MICROHTTPD REQUIRED libmicrohttpd)
include_directories(SYSTEM ${CURL_INCLUDE_DIRS} ${MICROHTTPD_INCLUDE_DIRS})

set(PT_LIBRARIES m ${CMAKE_DL_LIBS} Threads::Threads OpenMP::OpenMP_C ZLIB::ZLIB PNG::PNG JPEG::JPEG
                 SQLite::SQLite3 PkgConfig::YAML PkgConfig::JANSSON PkgConfig::PCRE2 PkgConfig::UTF8PROC
                 PkgConfig::EXPAT)
