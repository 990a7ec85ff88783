# Flags that every target shares. No -march=native: kernels that want AVX2 or AVX-512 are compiled
# for it one by one and chosen at run time (src/CMakeLists.txt), so that one binary serves all CPUs.
add_compile_options(-Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
                    -Wvla -Wformat=2 -fno-math-errno -fno-common
                    -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
add_compile_definitions(_GNU_SOURCE PT_VERSION="${PROJECT_VERSION}")
# A loop that is unrolled where its length is a constant is also compiled where it is none.
if(CMAKE_C_COMPILER_ID MATCHES "Clang")
    add_compile_options(-Wno-pass-failed)
endif()
if(PT_WERROR)
    add_compile_options(-Werror)
endif()
if(PT_SANITIZE)
    add_compile_options(-fsanitize=${PT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${PT_SANITIZE})
endif()
