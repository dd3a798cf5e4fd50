#include "system/fpga.h"

#include <optional>
#include <string>

#include "bitstream_loader.h"
#include "board_part.h"
#include "memory_source.h"
#include "register_window.h"

namespace cortado {
namespace {

std::optional<std::string> text_or_nothing(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

Json uio_part(const LinuxSystem& system) {
  JsonArray devices;
  for (const UioDevice& device : uio_devices(system)) {
    devices.add(JsonObject()
                    .add("device", device.device)
                    .add("name", device.name)
                    .add("address", device.address)
                    .add("bytes", device.bytes)
                    .done());
  }
  return devices.done();
}

Json buffers_part(LinuxSystem& system) {
  JsonArray buffers;
  for (const auto& offers : {u_dma_buf_offers(system), zocl_offers(system), reserved_memory_offers(system)}) {
    for (const MemoryOffer& offer : offers) {
      buffers.add(
          JsonObject().add("kind", offer.kind).add("name", offer.name).add("bytes", offer.bytes).done());
    }
  }
  return buffers.done();
}

Json contiguous_part(const LinuxSystem& system) {
  const std::uint64_t total = contiguous_memory(system, "CmaTotal");
  if (total == 0) return to_json(std::nullopt);
  return JsonObject().add("totalBytes", total).add("freeBytes", contiguous_memory(system, "CmaFree")).done();
}

}  // namespace

Json fpga_facts(LinuxSystem& system) {
  const ConfigurationPort port = find_configuration_port(system);
  std::string manager, state;
  if (!port.manager.empty()) {
    manager = system.text(port.manager + "/name");
    state = system.text(port.manager + "/state");
  } else if (port.xdevcfg) {
    manager = "xdevcfg";
    state = is_configured(system, port) ? "operating" : "unknown";
  }
  return JsonObject()
      .add("manager", text_or_nothing(manager))
      .add("state", text_or_nothing(state))
      .add("part", text_or_nothing(board_part(system)))
      .add("uio", uio_part(system))
      .add("buffers", buffers_part(system))
      .add("cma", contiguous_part(system))
      .done();
}

}  // namespace cortado
