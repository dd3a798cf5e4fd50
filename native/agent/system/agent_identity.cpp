#include "system/agent_identity.h"

#include "package/package.h"

namespace cortado {
namespace {

const char* architecture() {
#if defined(__aarch64__)
  return "aarch64";
#elif defined(__arm__)
  return "armv7";
#elif defined(__x86_64__)
  return "x86_64";
#else
#error "The agent's architecture has no name in its protocol yet."
#endif
}

}  // namespace

Json agent_identity() {
  return JsonObject()
      .add("version", CORTADO_VERSION)
      .add("architecture", architecture())
      .add("formatVersion", kFormatVersion)
      .done();
}

}  // namespace cortado
