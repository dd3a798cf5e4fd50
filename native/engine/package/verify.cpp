#include "package/verify.h"

#include <cstring>
#include <string>

#include "crc32.h"
#include "package/package.h"
#include "refusal.h"

namespace cortado {
namespace {

constexpr std::size_t kSmallestPackage = 64;
constexpr std::size_t kLargestPackage = FLATBUFFERS_MAX_BUFFER_SIZE - 1;

flatbuffers::Verifier make_verifier(const std::uint8_t* bytes, std::size_t size) {
  flatbuffers::Verifier::Options options;
  options.max_depth = 16;  // package, golden, tensor data; nothing nests deeper than a handful
  options.max_tables = 1000000;
  return flatbuffers::Verifier(bytes, size, options);
}

// The root as a table of which nothing but its own bounds is known.
const flatbuffers::Table& root_table(const std::uint8_t* bytes, std::size_t size) {
  flatbuffers::Verifier verifier = make_verifier(bytes, size);
  const auto offset = flatbuffers::ReadScalar<flatbuffers::uoffset_t>(bytes);
  if (offset >= size - sizeof(flatbuffers::soffset_t))
    refuse_damaged("The package's first offset is out of bounds.");
  const auto* root = reinterpret_cast<const flatbuffers::Table*>(bytes + offset);
  if (!root->VerifyTableStart(verifier)) refuse_damaged("The package's first table is out of bounds.");
  return *root;
}

void check_version(const flatbuffers::Table& root, const std::uint8_t* bytes, std::size_t size) {
  const flatbuffers::Verifier verifier = make_verifier(bytes, size);
  if (!root.VerifyField<std::uint32_t>(verifier, format::Package::VT_FORMAT_VERSION, 4)) {
    refuse_damaged("The package's format version is out of bounds.");
  }
  const auto version = root.GetField<std::uint32_t>(format::Package::VT_FORMAT_VERSION, 0);
  if (version == kFormatVersion) return;
  throw Refusal{
      "package.version",
      "The package has format version " + std::to_string(version) + ", this agent reads version " +
          std::to_string(kFormatVersion) + ".",
      "Deploy again, so that the agent of the same release is installed, or build the package again."};
}

void check_checksum(const flatbuffers::Table& root, const std::uint8_t* bytes, std::size_t size) {
  const flatbuffers::Verifier verifier = make_verifier(bytes, size);
  if (!root.VerifyFieldRequired<format::Checksum>(verifier, format::Package::VT_CHECKSUM, 4)) {
    refuse_damaged("The package has no checksum.");
  }
  const auto* checksum = root.GetStruct<const format::Checksum*>(format::Package::VT_CHECKSUM);
  const auto* at = reinterpret_cast<const std::uint8_t*>(checksum);
  constexpr std::uint32_t kZero = 0;
  const auto before = static_cast<std::size_t>(at - bytes);
  std::uint32_t actual = crc32(bytes, before);
  actual = crc32(&kZero, sizeof kZero, actual);
  actual = crc32(at + sizeof kZero, size - before - sizeof kZero, actual);
  if (actual != checksum->crc32()) refuse_damaged("The package's bytes do not match its checksum.");
}

}  // namespace

const format::Package& verify_package(const std::uint8_t* bytes, std::size_t size) {
  if (size < kSmallestPackage) refuse_damaged("The package ends after " + std::to_string(size) + " bytes.");
  if (size > kLargestPackage) refuse_damaged("The package is larger than its format allows.");
  if (!format::PackageBufferHasIdentifier(bytes)) refuse_damaged("The file is not a Cortado package.");
  const flatbuffers::Table& root = root_table(bytes, size);
  check_version(root, bytes, size);
  check_checksum(root, bytes, size);
  flatbuffers::Verifier verifier = make_verifier(bytes, size);
  if (!format::VerifyPackageBuffer(verifier)) refuse_damaged("The package's structure is out of bounds.");
  return *format::GetPackage(bytes);
}

}  // namespace cortado
