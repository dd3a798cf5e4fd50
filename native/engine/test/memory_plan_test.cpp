// Properties that every plan must have, on seeded random networks.
#include "memory_plan.h"

#include <gtest/gtest.h>

#include <map>

#include "random_shapes.h"

namespace cortado {
namespace {

using test::Random;

// Networks of chains, forks, sums and concatenations; only what a plan looks at is filled in.
Network random_network(Random& random) {
  Network network;
  const std::int32_t height = random.between(1, 6);
  const std::int32_t width = random.between(1, 6);
  const auto add_blob = [&](std::int32_t channels, ElementType type) {
    Blob blob;
    blob.type = type;
    blob.extents = {1, channels, height, width};
    network.blobs.push_back(blob);
    return static_cast<BlobIndex>(network.blobs.size() - 1);
  };
  const auto any_blob = [&] {
    return static_cast<BlobIndex>(random.between(0, static_cast<std::int32_t>(network.blobs.size()) - 1));
  };
  const auto any_type = [&] { return random.chance(50) ? ElementType::kInt8 : ElementType::kFloat32; };
  for (std::int32_t i = random.between(1, 2); i > 0; --i)
    network.inputs.push_back(add_blob(random.between(1, 9), any_type()));
  for (std::int32_t i = random.between(1, 25); i > 0; --i) {
    const BlobIndex input = any_blob();
    if (random.chance(35)) {
      Concat concat{};
      concat.axis = 1;
      const ElementType type = network.blobs[input].type;
      std::int32_t channels = 0;
      for (std::int32_t k = random.between(1, 4); k > 0; --k) {
        const BlobIndex other = any_blob();
        if (network.blobs[other].type != type) continue;
        concat.inputs.push_back(other);
        channels += network.blobs[other].extents.channels;
      }
      if (concat.inputs.empty() || channels > 200) continue;
      concat.output = add_blob(channels, type);
      network.operations.push_back({"concat", concat});
    } else {
      const BlobIndex output = add_blob(random.between(1, 20), any_type());
      network.operations.push_back({"quantize", Quantize{input, output}});
    }
  }
  network.outputs.push_back(static_cast<BlobIndex>(network.blobs.size() - 1));
  if (random.chance(30)) network.outputs.push_back(any_blob());
  return network;
}

// Bytes of the arena that hold a value of the blob.
std::vector<std::uint64_t> bytes_of(const Network& network, const MemoryPlan& plan, BlobIndex index) {
  const Blob& blob = network.blobs[index];
  const std::uint64_t element = element_bytes(blob.type);
  std::vector<std::uint64_t> bytes;
  for (std::int32_t pixel = 0; pixel < blob.extents.pixels(); ++pixel) {
    const std::uint64_t start =
        plan.blobs[index].offset + static_cast<std::uint64_t>(pixel) * element *
                                       static_cast<std::uint64_t>(plan.blobs[index].pixel_stride);
    const std::uint64_t length = element * static_cast<std::uint64_t>(blob.extents.channels);
    for (std::uint64_t i = 0; i < length; ++i) bytes.push_back(start + i);
  }
  return bytes;
}

// Runs the network in thought: every byte of the arena remembers which element of which blob it holds. A
// concatenation in place passes its inputs' elements on.
class Simulation {
 public:
  Simulation(const Network& network, const MemoryPlan& plan) : network_(network), plan_(plan) {}

  void write(BlobIndex index) {
    const std::vector<std::uint64_t> bytes = bytes_of(network_, plan_, index);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      ASSERT_LT(bytes[i] + kBlobSlack, plan_.arena_bytes + 1) << "no slack behind blob " << index;
      owner_[bytes[i]] = {index, i};
    }
  }

  void read(BlobIndex index) const {
    const std::vector<std::uint64_t> bytes = bytes_of(network_, plan_, index);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const auto found = owner_.find(bytes[i]);
      ASSERT_TRUE(found != owner_.end()) << "blob " << index << " was never written";
      ASSERT_TRUE(holds(found->second, {index, i}))
          << "blob " << index << " was overwritten by blob " << found->second.blob;
    }
  }

 private:
  struct Element {
    BlobIndex blob;
    std::size_t byte;
  };

  // Whether the element that lies there is the wanted one, or one of which the wanted one is a part by
  // concatenation.
  bool holds(const Element& actual, const Element& wanted) const {
    if (actual.blob == wanted.blob) return actual.byte == wanted.byte;
    for (std::size_t i = 0; i < network_.operations.size(); ++i) {
      const auto* concat = std::get_if<Concat>(&network_.operations[i].body);
      if (concat == nullptr || !plan_.in_place[i] || concat->output != wanted.blob) continue;
      const Blob& whole = network_.blobs[wanted.blob];
      const std::size_t pixel_bytes =
          element_bytes(whole.type) * static_cast<std::size_t>(whole.extents.channels);
      std::size_t within = wanted.byte % pixel_bytes;
      for (const BlobIndex input : concat->inputs) {
        const std::size_t part =
            element_bytes(whole.type) * static_cast<std::size_t>(network_.blobs[input].extents.channels);
        if (within < part) return holds(actual, {input, wanted.byte / pixel_bytes * part + within});
        within -= part;
      }
    }
    return false;
  }

  const Network& network_;
  const MemoryPlan& plan_;
  std::map<std::uint64_t, Element> owner_;
};

void check(std::uint32_t seed, int& in_place) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  const Network network = random_network(random);
  const MemoryPlan plan = plan_memory(network);
  Simulation simulation(network, plan);
  for (const BlobIndex input : network.inputs) simulation.write(input);
  // Twice: inputs keep their values.
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < network.operations.size(); ++i) {
      for (const BlobIndex input : inputs_of(network.operations[i])) {
        simulation.read(input);
        if (::testing::Test::HasFatalFailure()) return;
      }
      if (plan.in_place[i]) {
        ++in_place;
        simulation.read(output_of(network.operations[i]));
      } else {
        simulation.write(output_of(network.operations[i]));
      }
      if (::testing::Test::HasFatalFailure()) return;
    }
    for (const BlobIndex output : network.outputs) simulation.read(output);
  }
  for (BlobIndex i = 0; i < network.blobs.size(); ++i) {
    EXPECT_EQ(plan.blobs[i].offset % element_bytes(network.blobs[i].type), 0U);
  }
}

TEST(MemoryPlan, NoBlobIsOverwrittenWhileItIsNeeded) {
  int in_place = 0;
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    check(seed, in_place);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(in_place, 100) << "the networks hardly try concatenations in place";
}

TEST(MemoryPlan, AChainNeedsTwoBlobsBesideItsInput) {
  Network network;
  for (int i = 0; i < 10; ++i) {
    Blob blob;
    blob.extents = {1, 16, 4, 4};  // 1024 bytes, and slack
    network.blobs.push_back(blob);
  }
  network.inputs = {0};
  network.outputs = {9};
  for (BlobIndex i = 0; i < 9; ++i) network.operations.push_back({"quantize", Quantize{i, i + 1}});
  const MemoryPlan plan = plan_memory(network);
  // The input and the output are kept; between them two blobs take turns.
  EXPECT_EQ(plan.arena_bytes, 4 * (1024 + 64));
}

TEST(MemoryPlan, BlobsStartAtCacheLines) {
  Random random(5);
  for (int i = 0; i < 50; ++i) {
    Network network = random_network(random);
    const MemoryPlan plan = plan_memory(network);
    for (BlobIndex b = 0; b < network.blobs.size(); ++b) {
      if (plan.blobs[b].pixel_stride == network.blobs[b].extents.channels) {
        EXPECT_EQ(plan.blobs[b].offset % 64, 0U);
      }
    }
  }
}

}  // namespace
}  // namespace cortado
