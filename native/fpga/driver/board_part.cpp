#include "board_part.h"

#include <vector>

#include "text_file.h"

namespace cortado {
namespace {

struct Named {
  const char* key;
  const char* part;
};

// The device code of PSS_IDCODE, which Linux shows as the soc_id (Zynq-7000 technical reference manual,
// register slcr.PSS_IDCODE).
constexpr Named kSocIds[] = {{"0x2", "xc7z010"},  {"0x3", "xc7z007s"}, {"0x7", "xc7z020"},
                             {"0x8", "xc7z014s"}, {"0xc", "xc7z030"},  {"0x11", "xc7z045"},
                             {"0x1b", "xc7z015"}, {"0x1c", "xc7z012s"}};

// Words of the device tree's `compatible`, for kernels without a soc_id. The two Zybo Z7 share theirs, so it
// is not here.
constexpr Named kBoards[] = {
    {"xlnx,zynq-zc702", "xc7z020"},    {"xlnx,zynq-zc706", "xc7z045"},    {"digilent,zynq-zybo", "xc7z010"},
    {"avnet,zynq-zed", "xc7z020"},     {"xlnx,zynq-zed", "xc7z020"},      {"avnet,zynq-microzed", "xc7z010"},
    {"xlnx,pynq-z1", "xc7z020"},       {"tul,pynq-z2", "xc7z020"},        {"avnet,ultra96", "xczu3eg"},
    {"xlnx,zynqmp-zcu100", "xczu3eg"}, {"xlnx,zynqmp-zcu104", "xczu7ev"}, {"xlnx,zynqmp-zcu102", "xczu9eg"}};

std::vector<std::string> compatible(const LinuxSystem& system) {
  return split(system.property("/proc/device-tree/compatible"), '\0');
}

}  // namespace

ZynqFamily zynq_family(const LinuxSystem& system) {
  for (const std::string& word : compatible(system)) {
    if (word.rfind("xlnx,zynqmp", 0) == 0) return ZynqFamily::kZynqUltraScale;
    if (word == "xlnx,zynq-7000") return ZynqFamily::kZynq7000;
  }
  return ZynqFamily::kNone;
}

std::string board_part(const LinuxSystem& system) {
  const std::string family = system.text("/sys/devices/soc0/family");
  if (family == "Xilinx Zynq") {
    const std::string id = system.text("/sys/devices/soc0/soc_id");
    for (const Named& named : kSocIds) {
      if (id == named.key) return named.part;
    }
  }
  for (const std::string& word : compatible(system)) {
    for (const Named& named : kBoards) {
      if (word.rfind(named.key, 0) == 0) return named.part;
    }
  }
  return {};
}

}  // namespace cortado
