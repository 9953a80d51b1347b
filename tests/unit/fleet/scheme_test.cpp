#include "harness/fleet/scheme.hpp"

#include <gtest/gtest.h>

#include <string>

namespace chipfit::fleet {
namespace {

Error error_of(const std::string& text) {
  const auto scheme = parse_scheme(text, "fleet.toml");
  EXPECT_FALSE(scheme) << text;
  return scheme ? Error{} : scheme.error();
}

void expect_error(const std::string& text, const std::string& what, const std::string& where, const std::string& hint) {
  const auto error = error_of(text);
  EXPECT_EQ(error.kind, Error::Kind::bad_data);
  EXPECT_EQ(error.what, what);
  EXPECT_EQ(error.where, where);
  EXPECT_NE(error.hint.find(hint), std::string::npos) << error.hint;
}

const std::string conversion =
    "[conversion]\nreference = \"f32\"\nbasis = \"peaks\"\n[conversion.factors]\nbf16 = 0.5\n";

TEST(Scheme, NamesAnUnknownKeyAndTheNearestOne) {
  expect_error("inventroy = 1\n", "'inventroy' is not known here", "fleet.toml:1:1", "did you mean 'inventory'?");
}

TEST(Scheme, RefusesAnUnknownType) {
  expect_error("[[peak]]\nchip = \"X1\"\ntypes = \"bf61\"\nflop_per_s = 1e12\nsource = \"data sheet\"\n",
               "'bf61' is not an element type", "fleet.toml:3:9", "bf16");
}

TEST(Scheme, RefusesAClassWhoseTypeHasNoFactor) {
  expect_error(conversion + "[[class]]\nname = \"general\"\nchips = [\"*\"]\ntypes = [\"bf16\", \"f64\"]\n",
               "no factor is declared for f64", "fleet.toml:9:9", "[conversion.factors]: f64 =");
}

TEST(Scheme, RefusesClassesWithoutAConversion) {
  expect_error("[[class]]\nname = \"super\"\nchips = [\"*\"]\ntypes = [\"f64\"]\n",
               "classes are added up, and nothing is said of how types convert", "fleet.toml:1:1", "[conversion]");
}

TEST(Scheme, RefusesAConversionThatDoesNotSayWhatItRestsOn) {
  expect_error("[conversion]\nreference = \"f32\"\n", "'basis' is missing", "fleet.toml:1:1", "data sheets");
}

TEST(Scheme, RefusesAFactorOtherThanOneForTheReference) {
  expect_error("[conversion]\nreference = \"f32\"\nbasis = \"b\"\nfactors = { f32 = 2 }\n",
               "f32 is the reference: its factor is 1", "fleet.toml:4:19", "leave it out");
}

TEST(Scheme, RefusesWeightsThatDoNotSumToOne) {
  expect_error(
      "[[index]]\nindicator = \"stability\"\nweight = 0.5\ntarget = 1\n"
      "[[index]]\nindicator = \"adaptation_coverage\"\nweight = 0.4\ntarget = 1\n",
      "the weights of the index sum to 0.9, not to 1", "fleet.toml:1:1", "sum to 1");
}

TEST(Scheme, RefusesATargetThatNoShareReaches) {
  expect_error("[[index]]\nindicator = \"stability\"\nweight = 1\ntarget = 95\n",
               "stability is a share: no target above 1 is reached", "fleet.toml:4:10", "target = 0.8");
}

TEST(Scheme, RefusesNumbersThatAreNone) {
  EXPECT_EQ(error_of("disagreement = nan\n").what, "'disagreement' is no number above 0");
  EXPECT_EQ(error_of("[[inventory]]\nchip = \"X1\"\ndevices = 0\n").what, "'devices' is no number of devices");
  EXPECT_EQ(error_of("[[inventory]]\nchip = \"X1\"\ndevices = 1.5\n").what, "'devices' is no number of devices");
}

TEST(Scheme, RefusesAListThatIsNone) {
  EXPECT_EQ(error_of("index = 3\n").what, "'index' is no list of tables");
  EXPECT_EQ(error_of("index = [3]\n").what, "'index' is no list of tables");
}

TEST(Scheme, SaysWhereTomlIsBroken) {
  const auto error = error_of("title = \n");
  EXPECT_EQ(error.kind, Error::Kind::bad_data);
  EXPECT_TRUE(error.where.starts_with("fleet.toml:1:")) << error.where;
}

TEST(Scheme, OfNothingConvertsNothing) {
  const auto scheme = parse_scheme("", "fleet.toml");
  ASSERT_TRUE(scheme);
  EXPECT_FALSE(scheme->factor("f32"));
  EXPECT_TRUE(scheme->index.empty());
}

TEST(Scheme, PutsADeviceIntoTheFirstClassThatHasItsChip) {
  const auto scheme =
      parse_scheme(conversion +
                       "[[class]]\nname = \"intelligent\"\nchips = [\"*H100*\"]\ntypes = [\"bf16\", \"f32\"]\n"
                       "[[class]]\nname = \"general\"\nchips = [\"*\"]\ntypes = [\"f32:strict\"]\n",
                   "fleet.toml");
  ASSERT_TRUE(scheme) << scheme.error().what;
  EXPECT_EQ(scheme->class_of("NVIDIA h100 80GB")->name, "intelligent");
  EXPECT_EQ(scheme->class_of("AMD EPYC")->name, "general");
  EXPECT_EQ(scheme->classes[1].types, std::vector<std::string>{"f32"});
  EXPECT_EQ(scheme->factor("bf16"), 0.5);
  EXPECT_EQ(scheme->factor("f32"), 1);
}

}  // namespace
}  // namespace chipfit::fleet
