#pragma once
#include <string>
#include <vector>

#include "harness/results/verdict.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::cli {

/// What a word means: a title and lines of (label, text); a label may be empty.
struct Explanation {
  std::string kind;  ///< "verdict", "condition", "column", "suite", "case"
  std::string word;
  struct Line {
    std::string label, text;
  };
  std::vector<Line> lines;
};

/// One sentence in English and in Chinese.
struct Meaning {
  std::string_view en, zh;
};
Meaning meaning(Condition);

/// Everything the word stands for: verdict, condition, column, standard suite (upper and lower case alike), or a case
/// id (it holds a ':'). Error (usage) with did-you-mean where it stands for nothing.
Result<std::vector<Explanation>> explain(const std::string& word);

}  // namespace chipfit::cli
