#include "operation.h"

namespace cortado {
namespace {

template <typename Body>
std::vector<BlobIndex> inputs_of_body(const Body& body) {
  return {body.input};
}
std::vector<BlobIndex> inputs_of_body(const EltwiseSum& body) { return body.inputs; }
std::vector<BlobIndex> inputs_of_body(const Eltwise& body) { return body.inputs; }
std::vector<BlobIndex> inputs_of_body(const Concat& body) { return body.inputs; }
std::vector<BlobIndex> inputs_of_body(const Broadcast& body) { return {body.input, body.operand}; }
std::vector<BlobIndex> inputs_of_body(const Constant&) { return {}; }
std::vector<BlobIndex> inputs_of_body(const DetectionOutput& body) {
  return {body.locations, body.confidences, body.priors};
}

}  // namespace

std::vector<BlobIndex> inputs_of(const Operation& operation) {
  return std::visit([](const auto& body) { return inputs_of_body(body); }, operation.body);
}

BlobIndex output_of(const Operation& operation) {
  return std::visit([](const auto& body) { return body.output; }, operation.body);
}

}  // namespace cortado
