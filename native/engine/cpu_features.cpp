#include "cpu_features.h"

#include <sched.h>
#include <sys/auxv.h>

#include <algorithm>

#include "text_file.h"

namespace cortado {
namespace {

#if defined(__aarch64__) || defined(__arm__)

struct FeatureBit {
  unsigned long vector;  // AT_HWCAP or AT_HWCAP2
  int bit;
  const char* name;
};

// Bits of the kernel's interface (arch/arm64/include/uapi/asm/hwcap.h, arch/arm/include/uapi/asm/hwcap.h).
#if defined(__aarch64__)
constexpr FeatureBit kFeatureBits[] = {
    {AT_HWCAP, 0, "fp"},       {AT_HWCAP, 1, "asimd"},     {AT_HWCAP, 3, "aes"},
    {AT_HWCAP, 4, "pmull"},    {AT_HWCAP, 5, "sha1"},      {AT_HWCAP, 6, "sha2"},
    {AT_HWCAP, 7, "crc32"},    {AT_HWCAP, 8, "atomics"},   {AT_HWCAP, 9, "fphp"},
    {AT_HWCAP, 10, "asimdhp"}, {AT_HWCAP, 12, "asimdrdm"}, {AT_HWCAP, 20, "asimddp"},
    {AT_HWCAP, 22, "sve"},     {AT_HWCAP, 23, "asimdfhm"}, {AT_HWCAP2, 1, "sve2"},
    {AT_HWCAP2, 13, "i8mm"},   {AT_HWCAP2, 14, "bf16"},
};
#else
constexpr FeatureBit kFeatureBits[] = {
    {AT_HWCAP, 1, "half"},   {AT_HWCAP, 2, "thumb"},   {AT_HWCAP, 6, "vfp"},      {AT_HWCAP, 7, "edsp"},
    {AT_HWCAP, 12, "neon"},  {AT_HWCAP, 13, "vfpv3"},  {AT_HWCAP, 16, "vfpv4"},   {AT_HWCAP, 17, "idiva"},
    {AT_HWCAP, 18, "idivt"}, {AT_HWCAP, 19, "vfpd32"}, {AT_HWCAP, 24, "asimddp"}, {AT_HWCAP, 27, "i8mm"},
};
#endif

bool has(const std::vector<std::string>& names, const char* name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

#endif

}  // namespace

std::vector<std::string> cpu_feature_names() {
  std::vector<std::string> names;
#if defined(__aarch64__) || defined(__arm__)
  for (const FeatureBit& feature : kFeatureBits) {
    if ((getauxval(feature.vector) >> feature.bit & 1) != 0) names.emplace_back(feature.name);
  }
#else
  for (const std::string& line : split(read_text_file("/proc/cpuinfo"), '\n')) {
    if (line.rfind("flags", 0) == 0) return words_of(line.substr(line.find(':') + 1));
  }
#endif
  return names;
}

CpuFeatures cpu_features(const std::vector<std::string>& names) {
  CpuFeatures features;
#if defined(__aarch64__) || defined(__arm__)
  features.neon = has(names, "asimd") || has(names, "neon");
  features.dotprod = has(names, "asimddp");
  features.i8mm = has(names, "i8mm");
  features.fp16 = has(names, "asimdhp");
#else
  static_cast<void>(names);
#endif
  return features;
}

int usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

}  // namespace cortado
