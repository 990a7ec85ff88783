# make install: program, library, public header, pkg-config file, man page, examples.
# The prefix of `cmake --install --prefix` is not known yet, so the pkg-config file finds its own.
file(RELATIVE_PATH PT_PREFIX_FROM_PC /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(${PROJECT_SOURCE_DIR}/cmake/powertrain.pc.in ${PROJECT_BINARY_DIR}/powertrain.pc @ONLY)
if(TARGET powertrain)
    install(TARGETS powertrain RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(TARGETS powertrain_library ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS powertrain_shared LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${PROJECT_SOURCE_DIR}/include/powertrain.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${PROJECT_BINARY_DIR}/powertrain.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
        FILES_MATCHING PATTERN "*.1")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples/ DESTINATION ${CMAKE_INSTALL_DATADIR}/powertrain/examples
        FILES_MATCHING PATTERN "*.yaml" PATTERN "*.c" PATTERN "*.csv")
# Pure Python: found there by PYTHONPATH, and there it finds the library (docs/phases.md).
install(DIRECTORY ${PROJECT_SOURCE_DIR}/python/powertrain DESTINATION ${CMAKE_INSTALL_DATADIR}/powertrain/python
        FILES_MATCHING PATTERN "*.py")
