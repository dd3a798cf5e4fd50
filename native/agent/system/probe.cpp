#include "system/probe.h"

#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <climits>
#include <optional>
#include <string>

#include "cpu_features.h"
#include "events.h"
#include "memory.h"
#include "system/agent_identity.h"
#include "system/conditions.h"
#include "system/cpus.h"
#include "system/fpga.h"
#include "text_file.h"

namespace cortado {
namespace {

std::optional<std::string> text_or_nothing(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

std::optional<std::string> os_name() {
  constexpr char kKey[] = "PRETTY_NAME=";
  for (const std::string& line : split(read_text_file("/etc/os-release"), '\n')) {
    if (line.rfind(kKey, 0) != 0) continue;
    std::string value = line.substr(sizeof kKey - 1);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    return value;
  }
  return std::nullopt;
}

Json system_part() {
  utsname names{};
  uname(&names);
  return JsonObject()
      .add("kernel", std::string(names.sysname) + " " + names.release)
      .add("hostname", names.nodename)
      .add("machine", names.machine)
      .add("model", text_or_nothing(read_text_file("/proc/device-tree/model")))
      .add("os", os_name())
      .done();
}

Json cpu_part() {
  const Cpus cpus = read_cpus();
  JsonArray cores;
  for (const CoreKind& core : cpus.cores) {
    cores.add(JsonObject()
                  .add("name", core.name)
                  .add("implementer", core.implementer)
                  .add("part", core.part)
                  .add("count", core.count)
                  .add("minHz", core.min_hz)
                  .add("maxHz", core.max_hz)
                  .add("governor", core.governor)
                  .done());
  }
  const std::vector<std::string> names = cpu_feature_names();
  const CpuFeatures features = cpu_features(names);
  return JsonObject()
      .add("count", cpus.count)
      .add("online", cpus.online)
      .add("cores", cores.done())
      .add("features", json_array(names))
      .add("neon", features.neon)
      .add("dotprod", features.dotprod)
      .add("i8mm", features.i8mm)
      .add("fp16", features.fp16)
      .done();
}

Json memory_part() {
  return JsonObject().add("totalBytes", total_memory()).add("availableBytes", available_memory()).done();
}

std::string agent_folder() {
  char path[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  if (length <= 0) return ".";
  const std::string text(path, static_cast<std::size_t>(length));
  const std::size_t slash = text.rfind('/');
  return slash == std::string::npos || slash == 0 ? "/" : text.substr(0, slash);
}

Json storage_part() {
  const std::string folder = agent_folder();
  struct statvfs status {};
  const bool known = statvfs(folder.c_str(), &status) == 0;
  const std::uint64_t free = known ? static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize : 0;
  return JsonObject().add("path", folder).add("freeBytes", free).done();
}

}  // namespace

JsonObject probe_event() {
  JsonObject object = event("probe");
  object.add("agent", agent_identity())
      .add("system", system_part())
      .add("cpu", cpu_part())
      .add("memory", memory_part())
      .add("storage", storage_part());
  add_conditions(object, read_conditions());
  LinuxSystem linux_system;
  object.add("fpga", fpga_facts(linux_system));
  return object;
}

}  // namespace cortado
