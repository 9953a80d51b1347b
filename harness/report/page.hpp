#pragma once
#include <string>

#include "harness/report/criteria.hpp"
#include "harness/report/evidence.hpp"
#include "harness/report/lab.hpp"
#include "harness/report/messages.hpp"

namespace chipfit::report {

struct ReportOptions {
  Language language = Language::both;
  Lab lab;
  Criteria criteria{};
};

struct ReportPage {
  std::string html;    ///< one self-contained file; the same for the same input
  std::string number;  ///< lab.toml's, else "CF-" and twelve digits of the digest of all inputs
  Judgement judgement;
};

/// The report. Errors: unavailable where the page's scripts were not built (no Node.js at build time); bad_data where
/// there is no row.
Result<ReportPage> report_page(Evidence, const ReportOptions&);

/// The results explorer: the report's charts, filters and row table over the rows given (there may be none), and a
/// place to drop more result files. Error: unavailable, as above.
Result<std::string> explorer_page(Evidence, Language);

}  // namespace chipfit::report
