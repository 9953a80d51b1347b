# chipfit_add_plugin(TARGET SOURCES file…
#   [NAME name]              name in the manifest and of the files, default TARGET
#   [DESCRIPTION text] [INSTALL_HINT text]
#   [OPTIONS "key=value key=value"]
#   [NOT_IN_DEFAULT_RUNS]    only runs when it is named
#   [DEVICE_NODES node…] [READ_PATHS path…] [ENVIRONMENT variable…] [MAY_START_PROGRAMS] [SCRATCH_BYTES n]
#   [OUTPUT_DIRECTORY dir])  default: CHIPFIT_PLUGIN_DIR, else the current binary folder
#
# One chipfit plugin: NAME.so, which exports chipfit_plugin_query_v1 and nothing else, and its manifest
# NAME.chipfit.json beside it. Link further libraries with target_link_libraries(TARGET PRIVATE …).
set(CHIPFIT_ABI 1.0)
set_property(GLOBAL PROPERTY CHIPFIT_ABI ${CHIPFIT_ABI})
set_property(GLOBAL PROPERTY CHIPFIT_ADD_PLUGIN_DIR ${CMAKE_CURRENT_LIST_DIR})

function(chipfit_add_plugin target)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "NOT_IN_DEFAULT_RUNS;MAY_START_PROGRAMS"
    "NAME;DESCRIPTION;INSTALL_HINT;OPTIONS;SCRATCH_BYTES;OUTPUT_DIRECTORY"
    "SOURCES;DEVICE_NODES;READ_PATHS;ENVIRONMENT")
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "chipfit_add_plugin(${target}): unknown arguments: ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT ARG_SOURCES)
    message(FATAL_ERROR "chipfit_add_plugin(${target}): SOURCES is missing")
  endif()
  if(NOT ARG_NAME)
    set(ARG_NAME ${target})
  endif()
  if(NOT ARG_SCRATCH_BYTES)
    set(ARG_SCRATCH_BYTES 0)
  endif()
  if(NOT ARG_OUTPUT_DIRECTORY)
    set(ARG_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
    if(CHIPFIT_PLUGIN_DIR)
      set(ARG_OUTPUT_DIRECTORY ${CHIPFIT_PLUGIN_DIR})
    endif()
  endif()
  get_property(support GLOBAL PROPERTY CHIPFIT_ADD_PLUGIN_DIR)

  add_library(${target} MODULE ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE chipfit::plugin)
  set_target_properties(${target} PROPERTIES PREFIX "" SUFFIX .so OUTPUT_NAME ${ARG_NAME}
    LIBRARY_OUTPUT_DIRECTORY ${ARG_OUTPUT_DIRECTORY}
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${support}/chipfit_plugin.map)
  target_link_options(${target} PRIVATE -Wl,--version-script=${support}/chipfit_plugin.map)

  get_property(abi GLOBAL PROPERTY CHIPFIT_ABI)
  set(architecture ${CMAKE_SYSTEM_PROCESSOR})
  set(in_default_runs true)
  if(ARG_NOT_IN_DEFAULT_RUNS)
    set(in_default_runs false)
  endif()
  set(may_start_programs false)
  if(ARG_MAY_START_PROGRAMS)
    set(may_start_programs true)
  endif()
  foreach(text ARG_DESCRIPTION ARG_INSTALL_HINT ARG_OPTIONS)
    string(REPLACE "\\" "\\\\" ${text} "${${text}}")
    string(REPLACE "\"" "\\\"" ${text} "${${text}}")
  endforeach()
  foreach(list ARG_DEVICE_NODES ARG_READ_PATHS ARG_ENVIRONMENT)
    list(TRANSFORM ${list} REPLACE "(.+)" "\"\\1\"")
    list(JOIN ${list} ", " ${list})
  endforeach()
  configure_file(${support}/chipfit_manifest.json.in ${ARG_OUTPUT_DIRECTORY}/${ARG_NAME}.chipfit.json @ONLY)
endfunction()
