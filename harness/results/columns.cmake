# Turns the dictionaries results/schema/*.csv into the code's column tables and into their documentation. Runs without
# a compiler, so that cross builds need no host tool.
#   cmake -DOUT=<folder> -P harness/results/columns.cmake    columns.hpp and columns.cpp into <folder>/harness/results
#   cmake -DDOCS=docs/result-columns.md -P harness/results/columns.cmake    refreshes the documentation
cmake_minimum_required(VERSION 3.25)
get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)

# A semicolon inside a cell would end an item of a CMake list, so it travels as U+001F and is put back on writing.
string(ASCII 31 semicolon)

# Rows of a dictionary as variables <prefix>_<row>_<field>, and <prefix>_count.
function(read_dictionary file prefix)
  file(READ "${file}" text)
  string(REPLACE ";" "${semicolon}" text "${text}")
  string(REGEX REPLACE "\r?\n$" "" text "${text}")
  string(REGEX REPLACE "\r?\n" ";" lines "${text}")
  list(POP_FRONT lines header)
  if(NOT header STREQUAL "name,type,unit,meaning_en,meaning_zh,since")
    message(FATAL_ERROR "${file}:1: the header of a dictionary is name,type,unit,meaning_en,meaning_zh,since")
  endif()
  set(row 0)
  foreach(line IN LISTS lines)
    math(EXPR number "${row} + 2")
    set(rest "${line},")
    foreach(field name type unit meaning_en meaning_zh since)
      if(rest MATCHES "^\"(([^\"]|\"\")*)\",(.*)$")
        set(cell "${CMAKE_MATCH_1}")
        set(rest "${CMAKE_MATCH_3}")
        string(REPLACE "\"\"" "\"" cell "${cell}")
      elseif(rest MATCHES "^([^\",]*),(.*)$")
        set(cell "${CMAKE_MATCH_1}")
        set(rest "${CMAKE_MATCH_2}")
      else()
        message(FATAL_ERROR "${file}:${number}: no readable ${field} in: ${line}")
      endif()
      set(${prefix}_${row}_${field} "${cell}" PARENT_SCOPE)
      set(${field} "${cell}")
    endforeach()
    if(NOT rest STREQUAL "")
      message(FATAL_ERROR "${file}:${number}: more than six fields")
    endif()
    if(NOT name MATCHES "^[a-z][a-z0-9_]*$" OR name IN_LIST seen)
      message(FATAL_ERROR "${file}:${number}: '${name}' is used twice or is not a column name (a-z, 0-9, _)")
    endif()
    if(NOT type MATCHES "^(text|integer|real|time)$")
      message(FATAL_ERROR "${file}:${number}: '${type}' is not text, integer, real or time")
    endif()
    if("${meaning_en}" STREQUAL "" OR "${meaning_zh}" STREQUAL "" OR "${since}" STREQUAL "")
      message(FATAL_ERROR "${file}:${number}: ${name} needs meaning_en, meaning_zh and since")
    endif()
    list(APPEND seen ${name})
    math(EXPR row "${row} + 1")
  endforeach()
  set(${prefix}_count ${row} PARENT_SCOPE)
endfunction()

read_dictionary("${root}/results/schema/result-v1.csv" result)
read_dictionary("${root}/results/schema/samples-v1.csv" samples)
read_dictionary("${root}/results/schema/telemetry-v1.csv" telemetry)
math(EXPR result_last "${result_count} - 1")
math(EXPR samples_last "${samples_count} - 1")
math(EXPR telemetry_last "${telemetry_count} - 1")

function(markdown_table prefix last out)
  set(table "| column | type | unit | meaning | 含义 | since |\n|---|---|---|---|---|---|\n")
  foreach(row RANGE ${last})
    string(APPEND table "| `${${prefix}_${row}_name}` | ${${prefix}_${row}_type} | ${${prefix}_${row}_unit} | "
           "${${prefix}_${row}_meaning_en} | ${${prefix}_${row}_meaning_zh} | ${${prefix}_${row}_since} |\n")
  endforeach()
  set(${out} "${table}" PARENT_SCOPE)
endfunction()

markdown_table(result ${result_last} result_table)
markdown_table(samples ${samples_last} samples_table)
markdown_table(telemetry ${telemetry_last} telemetry_table)
set(docs "# Columns of the result files

Generated from `results/schema/*.csv` by `harness/results/columns.cmake`; do not edit. An empty cell means *not
measured*. Rules that hold for every column: [results.md](results.md).

## results.csv

One row per (case × launch × device). Key: `case_id`, `backend`, `device_uid`, `launch`.

${result_table}
## samples.csv

One row per timed round.

${samples_table}
## telemetry.csv

One row per reading of a device that was watched during the run.

${telemetry_table}")

string(REPLACE "${semicolon}" ";" docs "${docs}")

if(DOCS)
  file(WRITE "${DOCS}" "${docs}")
endif()

if(OUT)
  set(enumerators "")
  set(table "")
  foreach(row RANGE ${result_last})
    set(name "${result_${row}_name}")
    string(APPEND enumerators "  ${name},\n")
    string(APPEND table "    ColumnInfo{Column::${name}, \"${name}\", ColumnType::${result_${row}_type}, ")
    foreach(field unit meaning_en meaning_zh since)
      string(REPLACE "\\" "\\\\" cell "${result_${row}_${field}}")
      string(REPLACE "\"" "\\\"" cell "${cell}")
      string(APPEND table "\"${cell}\"")
      if(NOT field STREQUAL since)
        string(APPEND table ", ")
      endif()
    endforeach()
    string(APPEND table "},\n")
  endforeach()
  string(REPLACE "${semicolon}" ";" table "${table}")
  foreach(file samples telemetry)
    set(${file}_header "")
    foreach(row RANGE ${${file}_last})
      string(APPEND ${file}_header ",${${file}_${row}_name}")
    endforeach()
    string(SUBSTRING "${${file}_header}" 1 -1 ${file}_header)
  endforeach()

  file(WRITE "${OUT}/harness/results/columns.hpp" "#pragma once
// Generated from results/schema/*.csv by harness/results/columns.cmake.
#include <cstddef>
#include <string_view>

namespace chipfit::results {

enum class Column {
${enumerators}};
constexpr std::size_t column_count = ${result_count};

/// What stands in the column `schema`.
constexpr std::string_view schema_name = \"result-v1\";
/// First line of samples.csv, without its end.
constexpr std::string_view samples_header = \"${samples_header}\";
/// First line of telemetry.csv, without its end.
constexpr std::string_view telemetry_header = \"${telemetry_header}\";

}  // namespace chipfit::results
")
  file(WRITE "${OUT}/harness/results/columns.cpp" "// Generated from results/schema/*.csv by harness/results/columns.cmake.
#include \"harness/results/row.hpp\"

namespace chipfit::results {

const std::array<ColumnInfo, column_count>& all_columns() {
  static constexpr std::array<ColumnInfo, column_count> table{
${table}  };
  return table;
}

std::string_view columns_markdown() {
  return R\"markdown(${docs})markdown\";
}

}  // namespace chipfit::results
")
endif()
