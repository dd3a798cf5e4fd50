#include "network.h"

namespace cortado {

std::vector<BlobIndex> inputs_of(const Operation& operation) {
  return std::visit(
      [](const auto& body) -> std::vector<BlobIndex> {
        using Body = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<Body, EltwiseSum> || std::is_same_v<Body, Concat>) {
          return body.inputs;
        } else {
          return {body.input};
        }
      },
      operation.body);
}

BlobIndex output_of(const Operation& operation) {
  return std::visit([](const auto& body) { return body.output; }, operation.body);
}

}  // namespace cortado
