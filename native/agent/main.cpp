// cortado-agent: verifies and runs packages on a board. See docs/agent-protocol.md.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <new>

#include "arguments.h"
#include "events.h"
#include "golden.h"
#include "refusal.h"
#include "run.h"
#include "session.h"
#include "system/agent_identity.h"
#include "system/probe.h"

namespace cortado {
namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kWrongCall = 2;
constexpr int kRefused = 3;

// Whoever started the agent may have ignored these (nohup) or blocked them; the agent ends by all of them.
void obey_signals() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE}) signal(number, SIG_DFL);
}

std::uint64_t peak_memory_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

void say_done(const Measurement& measurement, const Measured& measured, Events& events) {
  events.emit(event("done")
                  .add("latenciesNs", json_array(measurement.latencies))
                  .add("peakMemoryBytes", peak_memory_bytes())
                  .add("energy", std::nullopt)
                  .add("accelerator", accelerator_counts(measured, measurement)));
}

void say_error(const Refusal& refusal, const Json& detail, Events& events) {
  std::fprintf(stderr, "cortado-agent: %s %s\n", refusal.message.c_str(), refusal.advice.c_str());
  events.emit(event("error")
                  .add("code", refusal.code)
                  .add("message", refusal.message)
                  .add("advice", refusal.advice)
                  .add("detail", detail));
}

int refuse(const Refusal& refusal, Events& events) {
  say_error(refusal, JsonObject().done(), events);
  if (refusal.code == "usage") return kWrongCall;
  return refusal.code.rfind("package.", 0) == 0 ? kRefused : kFailed;
}

int refuse(const GoldenMismatch& mismatch, Events& events) {
  const Json detail = JsonObject()
                          .add("layer", mismatch.layer)
                          .add("blob", mismatch.blob)
                          .add("element", mismatch.element)
                          .add("expected", mismatch.expected)
                          .add("actual", mismatch.actual)
                          .done();
  say_error({"golden.mismatch",
             "Layer \"" + mismatch.layer + "\" computes something else than the builder did: blob \"" +
                 mismatch.blob + "\" should be " + mismatch.expected + " and is " + mismatch.actual + ".",
             "Run with --backend reference to see whether the kernels of this processor are at fault, and "
             "report it."},
            detail, events);
  return kFailed;
}

int execute(const Arguments& arguments, Events& events) {
  switch (arguments.command) {
    case Command::kVersion:
      events.emit(event("version").add("agent", agent_identity()));
      return kDone;
    case Command::kProbe:
      events.emit(probe_event());
      return kDone;
    case Command::kVerify:
    case Command::kRun:
      break;
  }
  Session session(arguments, events);
  session.verify();
  Measurement measurement;
  if (arguments.command == Command::kRun) measurement = run_session(session, arguments, events);
  say_done(measurement, session.measured(), events);
  return kDone;
}

int run_agent(const std::vector<std::string>& words) {
  Events events;
  try {
    return execute(parse_arguments(words), events);
  } catch (const Refusal& refusal) {
    return refuse(refusal, events);
  } catch (const GoldenMismatch& mismatch) {
    return refuse(mismatch, events);
  } catch (const std::bad_alloc&) {
    return refuse(Refusal{"package.memory", "There is too little memory on the board.",
                          "Free memory on the board, or use a smaller network or a board with more memory."},
                  events);
  } catch (const std::exception& error) {
    return refuse(
        Refusal{"internal", std::string("The agent failed: ") + error.what(), "Report this as a defect."},
        events);
  }
}

}  // namespace
}  // namespace cortado

int main(int argc, char** argv) {
  cortado::obey_signals();
  // With stdout closed, a file that is opened would take its place.
  if (fcntl(STDOUT_FILENO, F_GETFD) < 0) return cortado::kFailed;
  return cortado::run_agent({argv + 1, argv + argc});
}
