// Operations on each element by itself.
#include "kernels/reference/pointwise.h"

#include "kernels/reference/broadcast_f32.h"
#include "kernels/reference/unary_f32.h"
#include "operations/by_rows.h"

namespace cortado {
PreparedOperation prepare(const ActivationOperation& operation, const PreparationContext& context) {
  const BlobMemory input = context.memory(operation.input);
  const BlobMemory output = context.memory(operation.output);
  if (output.type == ElementType::kFloat32) {
    PreparedOperation prepared = by_rows("activation", "activation_f32_reference", output);
    prepared.run = [=](std::int32_t begin, std::int32_t end, void*) {
      activation_f32(input.as<float>(), output.as<float>(), operation.activation, begin, end);
    };
    return prepared;
  }
  if (operation.requantised) {
    PreparedOperation prepared = by_rows("activation", "requantise_s8_reference", output);
    prepared.run = [=](std::int32_t begin, std::int32_t end, void*) {
      requantise_s8(input.as<std::int8_t>(), output.as<std::int8_t>(), operation.requantisation,
                    operation.per_channel, begin, end);
    };
    return prepared;
  }
  PreparedOperation prepared = by_rows("activation", "clamp_s8_reference", output);
  prepared.run = [=](std::int32_t begin, std::int32_t end, void*) {
    clamp_s8(input.as<std::int8_t>(), output.as<std::int8_t>(), operation.low, operation.high, begin, end);
  };
  return prepared;
}

PreparedOperation prepare(const Affine& operation, const PreparationContext& context) {
  const BlobMemory input = context.memory(operation.input);
  const BlobMemory output = context.memory(operation.output);
  PreparedOperation prepared = by_rows("affine", "affine_f32_reference", output);
  prepared.run = [=](std::int32_t begin, std::int32_t end, void*) {
    affine_f32(input.as<float>(), output.as<float>(), operation, begin, end);
  };
  return prepared;
}

PreparedOperation prepare(const Unary& operation, const PreparationContext& context) {
  const BlobMemory input = context.memory(operation.input);
  const BlobMemory output = context.memory(operation.output);
  PreparedOperation prepared = by_rows("unary", "unary_f32_reference", output);
  prepared.run = [=](std::int32_t begin, std::int32_t end, void*) {
    unary_f32(operation, input.as<float>(), output.as<float>(), begin, end);
  };
  return prepared;
}

PreparedOperation prepare(const Broadcast& operation, const PreparationContext& context) {
  const BlobMemory input = context.memory(operation.input);
  const BlobMemory operand = context.memory(operation.operand);
  const BlobMemory output = context.memory(operation.output);
  PreparedOperation prepared = by_rows("broadcast", "broadcast_f32_reference", output);
  prepared.run = [=](std::int32_t begin, std::int32_t end, void*) {
    broadcast_f32(operation.function, input.as<float>(), operand.as<float>(), output.as<float>(), begin, end);
  };
  return prepared;
}

PreparedOperation prepare(const Quantize& operation, const PreparationContext& context) {
  const BlobMemory input = context.memory(operation.input);
  const BlobMemory output = context.memory(operation.output);
  const float scale = context.network.blobs[operation.output].scale;
  PreparedOperation prepared = by_rows("quantize", "quantize_f32_s8_reference", output);
  prepared.run = [=](std::int32_t begin, std::int32_t end, void*) {
    quantize_f32_s8(input.as<float>(), output.as<std::int8_t>(), scale, begin, end);
  };
  return prepared;
}

PreparedOperation prepare(const Dequantize& operation, const PreparationContext& context) {
  const BlobMemory input = context.memory(operation.input);
  const BlobMemory output = context.memory(operation.output);
  PreparedOperation prepared = by_rows("dequantize", "dequantize_s8_f32_reference", output);
  prepared.run = [=](std::int32_t begin, std::int32_t end, void*) {
    dequantize_s8_f32(input.as<std::int8_t>(), output.as<float>(), operation.factor, begin, end);
  };
  return prepared;
}

}  // namespace cortado
