#include "kernels/reference/detection_output.h"

#include "prepared_operation.h"

namespace cortado {

PreparedOperation prepare(const DetectionOutput& operation, const PreparationContext& context) {
  const auto image = [&](BlobIndex blob) { return context.memory(blob).as<float>(); };
  const auto detector = std::make_shared<DetectionOutputF32>(
      operation, image(operation.locations), image(operation.confidences), image(operation.priors),
      image(operation.output));
  PreparedOperation prepared;
  prepared.kind = "detection-output";
  prepared.kernel = "detection_output_f32_reference";
  prepared.packed_bytes = detector->working_bytes();
  prepared.work_items = 1;
  prepared.run = [=](std::int32_t, std::int32_t, void*) { detector->run(); };
  return prepared;
}

}  // namespace cortado
