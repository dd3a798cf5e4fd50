// The agent as a process, against its protocol.
#include "agent_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "accelerated_sample.h"
#include "npy.h"
#include "sample_network.h"
#include "temporary_folder.h"

namespace cortado {
namespace {

using test::AgentProcess;
using test::field;
using test::Heard;
using test::run_agent;
using test::TemporaryFolder;

class AgentTest : public ::testing::Test {
 protected:
  AgentTest() { write_package(test::sample_package(0)); }

  void write_package(const test::AlignedBytes& bytes) {
    folder.write("net.cortado", std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  }

  TemporaryFolder folder;
  std::string package = folder.file("net.cortado");
};

TEST_F(AgentTest, SaysItsVersion) {
  const Heard heard = run_agent({"--version"});
  EXPECT_EQ(heard.exit_code, 0);
  ASSERT_EQ(heard.lines.size(), 1U);
  EXPECT_EQ(field(heard.line("version"), "formatVersion"), std::to_string(kFormatVersion));
}

TEST_F(AgentTest, RunsAPackageForAnAcceleratorOnTheProcessorAndSaysWhy) {
  write_package(test::accelerated_sample_package(0));
  const Heard heard = run_agent({"verify", package});
  EXPECT_EQ(heard.exit_code, 0);
  EXPECT_EQ(field(heard.line("fallback"), "code").rfind("\"fpga.", 0), 0U) << heard.line("fallback");
  EXPECT_EQ(field(heard.line("loaded"), "accelerator"), "null");
  EXPECT_EQ(field(heard.line("verified"), "int8Blobs"), "9");
  // Who asks for the processor is not told of what else there might be.
  EXPECT_EQ(run_agent({"verify", package, "--backend", "reference"}).count("fallback"), 0);
}

TEST_F(AgentTest, InsistsOnTheAcceleratorWhereItIsAskedFor) {
  EXPECT_EQ(field(run_agent({"verify", package, "--backend", "fpga"}).line("error"), "code"), "\"usage\"");
  write_package(test::accelerated_sample_package(0));
  const Heard heard = run_agent({"verify", package, "--backend", "fpga"});
  EXPECT_EQ(heard.exit_code, 1);
  EXPECT_EQ(heard.count("loaded"), 0);
  EXPECT_EQ(field(heard.line("error"), "code").rfind("\"fpga.", 0), 0U) << heard.line("error");
}

TEST_F(AgentTest, Probes) {
  const Heard heard = run_agent({"probe"});
  EXPECT_EQ(heard.exit_code, 0);
  ASSERT_EQ(heard.lines.size(), 1U);
  const std::string probe = heard.line("probe");
  for (const char* key :
       {"agent", "system", "cpu", "memory", "storage", "clocks", "temperatures", "throttled", "fpga"}) {
    EXPECT_NE(field(probe, key), "") << key;
  }
  EXPECT_GT(std::stoll(field(probe, "totalBytes")), 1 << 20);
  EXPECT_GT(std::stoll(field(probe, "freeBytes")), 0);
}

TEST_F(AgentTest, Verifies) {
  const Heard heard = run_agent({"verify", package, "--threads", "2"});
  EXPECT_EQ(heard.exit_code, 0);
  EXPECT_EQ(field(heard.line("loaded"), "threads"), "2");
  EXPECT_EQ(field(heard.line("verified"), "int8Blobs"), "9");
  EXPECT_EQ(heard.lines.back(), heard.line("done"));
}

TEST_F(AgentTest, Measures) {
  const Heard heard =
      run_agent({"run", package, "--warmup", "2", "--iterations", "6", "--profile", "--threads", "1"});
  EXPECT_EQ(heard.exit_code, 0);
  EXPECT_EQ(heard.count("warmup"), 2);
  EXPECT_EQ(heard.count("sample"), 6);
  EXPECT_EQ(heard.count("conditions"), 3);
  EXPECT_EQ(heard.count("layers"), 1);
  EXPECT_EQ(heard.count("output"), 1);
  const std::string done = heard.line("done");
  EXPECT_EQ(std::count(done.begin(), done.begin() + static_cast<std::ptrdiff_t>(done.find(']')), ','), 6)
      << "six latencies: " << done;
  // Nothing is measured before it was verified.
  const auto position = [&](const std::string& event) {
    return std::find(heard.lines.begin(), heard.lines.end(), heard.line(event));
  };
  EXPECT_LT(position("verified"), position("sample"));
}

TEST_F(AgentTest, GivesOutputsForInputs) {
  write_npy(folder.file("in.npy"), {1, 3, 8, 8}, std::vector<float>(192, 2.5F));
  const Heard heard = run_agent({"run", package, "--input", folder.file("in.npy"), "--output",
                                 folder.file("out.npy"), "--warmup", "0", "--iterations", "0"});
  EXPECT_EQ(heard.exit_code, 0);
  EXPECT_EQ(heard.count("sample"), 0);
  const std::string output = heard.line("output");
  EXPECT_EQ(field(output, "file"), '"' + folder.file("out.npy") + '"');
  EXPECT_NE(output.find("\"label\":\""), std::string::npos);
  EXPECT_EQ(read_npy(folder.file("out.npy"), {1, 7}).bytes.size(), 28U);
}

TEST_F(AgentTest, EvaluatesAList) {
  std::string list;
  for (const char* name : {"a", "b b", "c"}) {
    const std::string input = folder.file(std::string(name) + ".npy");
    write_npy(input, {1, 3, 8, 8}, std::vector<float>(192, static_cast<float>(*name - 'a')));
    list += input + " " + folder.file(std::string(name) + " out.npy") + "\n";
  }
  folder.write("list", list);
  const Heard heard = run_agent({"run", package, "--input-list", folder.file("list")});
  EXPECT_EQ(heard.exit_code, 0);
  EXPECT_EQ(heard.count("output"), 3);
  EXPECT_EQ(heard.count("sample"), 0);
  // The same as each input by itself.
  run_agent({"run", package, "--input", folder.file("b b.npy"), "--output", folder.file("alone.npy"),
             "--iterations", "1"});
  EXPECT_EQ(read_npy(folder.file("b b out.npy"), {1, 7}).bytes,
            read_npy(folder.file("alone.npy"), {1, 7}).bytes);
  EXPECT_NE(read_npy(folder.file("a out.npy"), {1, 7}).bytes,
            read_npy(folder.file("c out.npy"), {1, 7}).bytes);
}

TEST_F(AgentTest, EndsWithItsErrorsCode) {
  const auto code_of = [](const Heard& heard) { return field(heard.line("error"), "code"); };
  Heard heard = run_agent({"fly"});
  EXPECT_EQ(heard.exit_code, 2);
  EXPECT_EQ(code_of(heard), "\"usage\"");
  heard = run_agent({"run", folder.file("absent")});
  EXPECT_EQ(heard.exit_code, 3);
  EXPECT_EQ(code_of(heard), "\"package.unreadable\"");
  folder.write("text", "this is not a package, but long enough to be looked at: sixty-four bytes and more");
  heard = run_agent({"verify", folder.file("text")});
  EXPECT_EQ(heard.exit_code, 3);
  EXPECT_EQ(code_of(heard), "\"package.damaged\"");
  heard = run_agent({"run", package, "--input", folder.file("text")});
  EXPECT_EQ(heard.exit_code, 1);
  EXPECT_EQ(code_of(heard), "\"input.unreadable\"");
  heard = run_agent({"run", package, "--iterations", "0", "--output", "/nonexistent/out.npy"});
  EXPECT_EQ(heard.exit_code, 1);
  EXPECT_EQ(code_of(heard), "\"output.unwritable\"");
  heard = run_agent({"run", package, "--output", "a.npy", "--output", "b.npy"});
  EXPECT_EQ(heard.exit_code, 2);
}

TEST_F(AgentTest, ReportsAWrongResultAndNoLatency) {
  test::SampleNetwork sample(0);
  write_package(sample.finish(std::vector<float>(test::SampleNetwork::kClasses, 2), {}));
  const Heard heard = run_agent({"run", package, "--iterations", "3"});
  EXPECT_EQ(heard.exit_code, 1);
  EXPECT_EQ(heard.count("sample"), 0);
  EXPECT_EQ(field(heard.line("error"), "code"), "\"golden.mismatch\"");
  EXPECT_EQ(field(heard.line("error"), "layer"), "\"softmax\"");
  EXPECT_EQ(field(heard.line("error"), "element"), "0");
}

#if !defined(CORTADO_SANITIZED)  // a sanitizer needs more address space than the limit leaves
TEST_F(AgentTest, RefusesWhenMemoryIsLimited) {
  // 256 MiB of blobs, of which the board has enough, but not this process.
  test::PackageBuilder builder;
  builder.blob("data", format::DataType::Float32, {1, 1});
  builder.blob("scores", format::DataType::Float32, {1, 1 << 25});
  builder.blob("out", format::DataType::Float32, {1, 1});
  test::PackageBuilder::ConvolutionSpec widen{};
  widen.input = 0;
  widen.output = 1;
  widen.window = {1, 1, 1, 1, 0, 0, 1, 1};
  widen.weight_type = format::DataType::Float32;
  widen.weights.resize(std::size_t{4} << 25);
  widen.bias_float.resize(1 << 25);
  builder.convolution("widen", widen);
  builder.reshape("copy", 0, 2);
  builder.input(0, format::DataType::Float32, std::vector<std::uint8_t>(4));
  builder.output(2, format::DataType::Float32, std::vector<std::uint8_t>(4));
  write_package(builder.finish());
  for (const rlim_t megabytes : {100, 300, 450, 600}) {
    const Heard heard = run_agent({"run", package, "--threads", "1"}, [=] {
      const rlimit limit{megabytes << 20, megabytes << 20};
      setrlimit(RLIMIT_AS, &limit);
    });
    EXPECT_EQ(heard.exit_code, 3) << megabytes;
    EXPECT_EQ(field(heard.line("error"), "code"), "\"package.memory\"") << megabytes;
    EXPECT_EQ(heard.count("verified"), 0);
  }
}
#endif

TEST_F(AgentTest, EndsBySignalsEvenWhereTheyWereIgnoredOrBlocked) {
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    AgentProcess process({"run", package, "--iterations", "1000000", "--threads", "1"}, [=] {
      signal(number, SIG_IGN);
      sigset_t all;
      sigfillset(&all);
      sigprocmask(SIG_SETMASK, &all, nullptr);
    });
    for (std::string line; process.read_line(line) && line.find("\"sample\"") == std::string::npos;) continue;
    kill(process.pid(), number);
    EXPECT_EQ(process.wait().signal, number);
  }
}

TEST_F(AgentTest, EndsWhenNobodyListensAnyMore) {
  AgentProcess process({"run", package, "--iterations", "1000000", "--threads", "1"},
                       [] { signal(SIGPIPE, SIG_IGN); });
  std::string line;
  ASSERT_TRUE(process.read_line(line));
  process.close_stdout();
  const Heard heard = process.wait();
  EXPECT_TRUE(heard.signal == SIGPIPE || heard.exit_code == 1) << heard.signal << " " << heard.exit_code;
}

TEST_F(AgentTest, SaysNothingWithoutStdout) {
  const Heard heard = run_agent({"run", package}, [] { close(STDOUT_FILENO); });
  EXPECT_EQ(heard.exit_code, 1);
}

}  // namespace
}  // namespace cortado
