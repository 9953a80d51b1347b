# What the first lines of a hostile plugin say: `name`, `sentence`, and the fields verdict, note, options, symbol,
# case (what it is asked, where that is not the usual product), real_s (seconds of one problem that no proven rate may
# beat) and denied_from (the isolation level from which on its attempts must be denied).
function(describe_hostile file)
  get_filename_component(name ${file} NAME_WE)
  set(name ${name} PARENT_SCOPE)
  file(STRINGS ${file} lines LIMIT_COUNT 8 REGEX "^// ")
  list(POP_FRONT lines sentence)
  string(REGEX REPLACE "^// " "" sentence "${sentence}")
  set(sentence "${sentence}" PARENT_SCOPE)
  foreach(field verdict note options symbol case real_s denied_from)
    set(${field} "" PARENT_SCOPE)
    foreach(line IN LISTS lines)
      if(line MATCHES "^// ${field}: (.+)$")
        set(${field} "${CMAKE_MATCH_1}" PARENT_SCOPE)
      endif()
    endforeach()
  endforeach()
endfunction()
