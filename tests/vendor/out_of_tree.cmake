# Installs chipfit's plugin package from BUILD into a new prefix below WORK, builds a vendor's project and the template
# against it with nothing else of this tree, and runs the results.
#   cmake -DBUILD=… -DSOURCE=… -DWORK=… -DC=… -DCXX=… -DNM=… -DGENERATOR=… -P out_of_tree.cmake
set(ENV{DESTDIR} "")
file(REMOVE_RECURSE ${WORK})

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(status)
    message(FATAL_ERROR "${ARGN}\nended with ${status}:\n${text}")
  endif()
  set(output "${text}" PARENT_SCOPE)
endfunction()

function(build project)
  run(${CMAKE_COMMAND} -S ${project} -B ${ARGV1} -G ${GENERATOR} -DCMAKE_PREFIX_PATH=${WORK}/prefix
      -DCMAKE_C_COMPILER=${C} -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_BUILD_TYPE=Release)
  run(${CMAKE_COMMAND} --build ${ARGV1})
endfunction()

function(check_plugin library)
  run(${NM} -D --defined-only --format=posix ${library})
  string(STRIP "${output}" symbols)
  if(NOT symbols MATCHES "^chipfit_plugin_query_v1 T [^\n]*$")
    message(FATAL_ERROR "${library} exports\n${symbols}")
  endif()
  run(${WORK}/vendor/driver ${library})
endfunction()

function(expect value path)
  if(NOT value STREQUAL path)
    message(FATAL_ERROR "manifest: '${value}' instead of '${path}'")
  endif()
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix --component plugin_sdk)
# A copy, so that nothing of the source tree is near.
file(COPY ${SOURCE}/tests/vendor/out_of_tree DESTINATION ${WORK})
build(${WORK}/out_of_tree ${WORK}/vendor)
check_plugin(${WORK}/vendor/simple.so)
check_plugin(${WORK}/vendor/pure-c.so)
file(COPY ${WORK}/prefix/share/chipfit/template DESTINATION ${WORK})
build(${WORK}/template ${WORK}/mychip)
check_plugin(${WORK}/mychip/mychip.so)

file(READ ${WORK}/vendor/simple.chipfit.json manifest)
string(JSON text GET "${manifest}" description)
expect("${text}" "a \"simple\" one; with a semicolon")
string(JSON text GET "${manifest}" options)
expect("${text}" "a=1 b=2")
file(READ ${WORK}/vendor/pure-c.chipfit.json manifest)
string(JSON text GET "${manifest}" library)
expect("${text}" pure-c.so)
string(JSON text GET "${manifest}" device_nodes 1)
expect("${text}" /dev/zero)
string(JSON text GET "${manifest}" in_default_runs)
expect("${text}" OFF)
string(JSON text GET "${manifest}" abi)
expect("${text}" 1.0)
