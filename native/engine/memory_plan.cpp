#include "memory_plan.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace cortado {
namespace {

constexpr std::uint64_t kAlignment = 64;
constexpr std::size_t kAlways = std::numeric_limits<std::size_t>::max();

// A blob that lies inside another one, from a channel on.
struct View {
  static constexpr BlobIndex kNone = std::numeric_limits<BlobIndex>::max();
  BlobIndex parent = kNone;
  std::int32_t channel = 0;
};

std::uint64_t bytes_of(const Blob& blob) {
  const std::uint64_t bytes =
      static_cast<std::uint64_t>(blob.extents.elements()) * element_bytes(blob.type) + kBlobSlack;
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

// Makes the inputs of concatenations views of the outputs where that is possible, and says for which
// operations.
std::vector<bool> find_views(const Network& network, std::vector<View>& views) {
  std::vector<bool> in_place(network.operations.size(), false);
  for (std::size_t i = 0; i < network.operations.size(); ++i) {
    const auto* concat = std::get_if<Concat>(&network.operations[i].body);
    if (concat == nullptr || concat->axis != 1) continue;
    std::vector<BlobIndex> distinct = concat->inputs;
    std::sort(distinct.begin(), distinct.end());
    const bool repeated = std::adjacent_find(distinct.begin(), distinct.end()) != distinct.end();
    const bool taken = std::any_of(distinct.begin(), distinct.end(),
                                   [&](BlobIndex input) { return views[input].parent != View::kNone; });
    if (repeated || taken) continue;
    std::int32_t channel = 0;
    for (const BlobIndex input : concat->inputs) {
      views[input] = {concat->output, channel};
      channel += network.blobs[input].extents.channels;
    }
    in_place[i] = true;
  }
  return in_place;
}

void find_lifetimes(const Network& network, std::vector<BlobPlacement>& blobs) {
  const auto use = [&](BlobIndex index, std::size_t from, std::size_t to) {
    BlobPlacement& blob = blobs[index];
    if (blob.last < blob.first) {
      blob.first = from;
      blob.last = to;
    } else {
      blob.first = std::min(blob.first, from);
      blob.last = std::max(blob.last, to);
    }
  };
  for (const BlobIndex input : network.inputs) use(input, 0, kAlways);
  for (std::size_t i = 0; i < network.operations.size(); ++i) {
    for (const BlobIndex input : inputs_of(network.operations[i])) use(input, i, i);
    use(output_of(network.operations[i]), i, i);
  }
  for (const BlobIndex output : network.outputs) use(output, 0, kAlways);
}

// The lowest offset at which `bytes` fit between blobs that are in use at the same time.
std::uint64_t find_gap(const std::vector<BlobIndex>& placed, const MemoryPlan& plan, const Network& network,
                       const BlobPlacement& wanted, std::uint64_t bytes) {
  std::uint64_t offset = 0;
  for (const BlobIndex index : placed) {  // in the order of their offsets
    const BlobPlacement& other = plan.blobs[index];
    if (other.last < wanted.first || wanted.last < other.first) continue;
    if (other.offset >= offset + bytes) break;
    offset = std::max(offset, other.offset + bytes_of(network.blobs[index]));
  }
  return offset;
}

}  // namespace

MemoryPlan plan_memory(const Network& network) {
  MemoryPlan plan;
  plan.blobs.resize(network.blobs.size());
  std::vector<View> views(network.blobs.size());
  plan.in_place = find_views(network, views);
  find_lifetimes(network, plan.blobs);

  // A blob with views lives as long as any of them.
  std::vector<BlobIndex> root(network.blobs.size());
  std::vector<std::int32_t> channel(network.blobs.size(), 0);
  for (BlobIndex i = 0; i < network.blobs.size(); ++i) {
    root[i] = i;
    while (views[root[i]].parent != View::kNone) {
      channel[i] += views[root[i]].channel;
      root[i] = views[root[i]].parent;
    }
    BlobPlacement& whole = plan.blobs[root[i]];
    whole.first = std::min(whole.first, plan.blobs[i].first);
    whole.last = std::max(whole.last, plan.blobs[i].last);
  }

  // Large ones first: small ones find room in the gaps.
  std::vector<BlobIndex> order;
  for (BlobIndex i = 0; i < network.blobs.size(); ++i) {
    if (root[i] == i && plan.blobs[i].first <= plan.blobs[i].last) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](BlobIndex a, BlobIndex b) {
    return bytes_of(network.blobs[a]) > bytes_of(network.blobs[b]);
  });
  std::vector<BlobIndex> placed;
  for (const BlobIndex index : order) {
    const std::uint64_t bytes = bytes_of(network.blobs[index]);
    BlobPlacement& blob = plan.blobs[index];
    blob.offset = find_gap(placed, plan, network, blob, bytes);
    plan.arena_bytes = std::max(plan.arena_bytes, blob.offset + bytes);
    const auto before = [&](BlobIndex a, BlobIndex b) { return plan.blobs[a].offset < plan.blobs[b].offset; };
    placed.insert(std::upper_bound(placed.begin(), placed.end(), index, before), index);
  }

  for (BlobIndex i = 0; i < network.blobs.size(); ++i) {
    const Blob& whole = network.blobs[root[i]];
    plan.blobs[i].pixel_stride = whole.extents.channels;
    plan.blobs[i].offset =
        plan.blobs[root[i]].offset + static_cast<std::uint64_t>(channel[i]) * element_bytes(whole.type);
  }
  return plan;
}

}  // namespace cortado
