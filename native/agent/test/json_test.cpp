#include "json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace cortado {
namespace {

TEST(Json, EscapesWhatJsonForbids) {
  EXPECT_EQ(json_string("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(json_string("line\nfeed\tbell\x07"), R"("line\u000afeed\u0009bell\u0007")");
  EXPECT_EQ(json_string(std::string_view("zero\0byte", 9)), R"("zero\u0000byte")");
}

TEST(Json, KeepsUtf8AndReplacesWhatIsNone) {
  EXPECT_EQ(json_string("caf\xC3\xA9 \xE6\x97\xA5 \xF0\x9F\x98\x80"),
            "\"caf\xC3\xA9 \xE6\x97\xA5 \xF0\x9F\x98\x80\"");
  EXPECT_EQ(json_string("\xFF"), R"("\ufffd")");
  EXPECT_EQ(json_string("\xC3"), R"("\ufffd")") << "cut off";
  EXPECT_EQ(json_string("\xC0\xAF"), R"("\ufffd\ufffd")") << "overlong";
  EXPECT_EQ(json_string("\xED\xA0\x80"), R"("\ufffd\ufffd\ufffd")") << "a surrogate";
  EXPECT_EQ(json_string("\xF4\x90\x80\x80"), R"("\ufffd\ufffd\ufffd\ufffd")") << "beyond U+10FFFF";
  EXPECT_EQ(json_string("\xE2\x82x"), R"("\ufffd\ufffdx")");
}

TEST(Json, NumbersThatJsonHasNot) {
  EXPECT_EQ(json_number(std::nan("")), "null");
  EXPECT_EQ(json_number(INFINITY), "null");
  EXPECT_EQ(json_number(0.1), "0.1");
  EXPECT_EQ(to_json(UINT64_MAX).text, "18446744073709551615");
}

TEST(Json, Objects) {
  const Json object = JsonObject()
                          .add("text", "x")
                          .add("yes", true)
                          .add("nothing", std::nullopt)
                          .add("perhaps", std::optional<int>(3))
                          .add("list", json_array(std::vector<int>{1, 2}))
                          .add("empty", JsonArray().done())
                          .done();
  EXPECT_EQ(object.text, R"({"text":"x","yes":true,"nothing":null,"perhaps":3,"list":[1,2],"empty":[]})");
}

}  // namespace
}  // namespace cortado
