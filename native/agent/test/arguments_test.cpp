#include "arguments.h"

#include <gtest/gtest.h>

#include "refusal.h"

namespace cortado {
namespace {

TEST(Arguments, ReadsTheWholeCall) {
  const Arguments arguments = parse_arguments({"run", "--backend", "reference", "net.cortado", "--threads",
                                               "3", "--warmup", "0", "--iterations", "7", "--input", "a.npy",
                                               "--output", "b.npy", "--output", "c.npy", "--profile"});
  EXPECT_EQ(arguments.command, Command::kRun);
  EXPECT_EQ(arguments.package, "net.cortado");
  EXPECT_EQ(arguments.backend, Backend::kReference);
  EXPECT_EQ(arguments.threads, 3);
  EXPECT_EQ(arguments.warmup, 0);
  EXPECT_EQ(arguments.iterations, 7);
  EXPECT_EQ(arguments.inputs, std::vector<std::string>{"a.npy"});
  EXPECT_EQ(arguments.outputs.size(), 2U);
  EXPECT_TRUE(arguments.profile);
  EXPECT_EQ(parse_arguments({"--version"}).command, Command::kVersion);
  EXPECT_EQ(parse_arguments({"probe"}).command, Command::kProbe);
}

TEST(Arguments, RefusesWrongCalls) {
  const std::vector<std::vector<std::string>> calls = {
      {},
      {"fly"},
      {"run"},
      {"verify"},
      {"probe", "more"},
      {"run", "p", "q"},
      {"run", "p", "--threads"},
      {"run", "p", "--threads", "0"},
      {"run", "p", "--threads", "two"},
      {"run", "p", "--threads", ""},
      {"run", "p", "--iterations", "-1"},
      {"run", "p", "--iterations", "99999999999999999999"},
      {"run", "p", "--backend", "gpu"},
      {"run", "p", "--unknown"},
      {"verify", "p", "--iterations", "3"},
      {"run", "p", "--input-list", "l", "--input", "a.npy"},
  };
  for (const auto& call : calls) {
    try {
      parse_arguments(call);
      ADD_FAILURE() << "accepted: " << (call.empty() ? "nothing" : call.back());
    } catch (const Refusal& refusal) {
      EXPECT_EQ(refusal.code, "usage");
    }
  }
}

}  // namespace
}  // namespace cortado
