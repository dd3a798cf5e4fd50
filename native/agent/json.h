// JSON text, built from the inside out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace cortado {

// A string in quotes. Bytes that are not UTF-8 become U+FFFD: names come from files that nobody checked for
// that.
std::string json_string(std::string_view text);

// null where the number is not finite.
std::string json_number(double value);

// A finished piece of JSON.
struct Json {
  std::string text;
};

inline Json to_json(Json value) { return value; }
inline Json to_json(std::string_view value) { return {json_string(value)}; }
inline Json to_json(const char* value) { return {json_string(value)}; }
inline Json to_json(const std::string& value) { return {json_string(value)}; }
inline Json to_json(std::nullopt_t) { return {"null"}; }
template <typename T, typename = std::enable_if_t<std::is_arithmetic_v<T>>>
Json to_json(T value) {
  if constexpr (std::is_same_v<T, bool>) {
    return {value ? "true" : "false"};
  } else if constexpr (std::is_floating_point_v<T>) {
    return {json_number(static_cast<double>(value))};
  } else {
    return {std::to_string(value)};
  }
}
template <typename T>
Json to_json(const std::optional<T>& value) {
  return value ? to_json(*value) : Json{"null"};
}

class JsonArray {
 public:
  template <typename T>
  JsonArray& add(const T& value) {
    if (!text_.empty()) text_ += ',';
    text_ += to_json(value).text;
    return *this;
  }
  Json done() const { return {'[' + text_ + ']'}; }

 private:
  std::string text_;
};

template <typename List>
Json json_array(const List& list) {
  JsonArray array;
  for (const auto& element : list) array.add(element);
  return array.done();
}

class JsonObject {
 public:
  template <typename T>
  JsonObject& add(std::string_view key, const T& value) {
    if (!text_.empty()) text_ += ',';
    text_ += json_string(key);
    text_ += ':';
    text_ += to_json(value).text;
    return *this;
  }
  Json done() const { return {'{' + text_ + '}'}; }

 private:
  std::string text_;
};

}  // namespace cortado
