// A package, loaded and verified.
#pragma once

#include <memory>

#include "arguments.h"
#include "events.h"
#include "executor.h"
#include "network.h"
#include "package/mapped_file.h"

namespace cortado {

class Session {
 public:
  // Says `loading` and `loaded`. Throws a Refusal.
  Session(const Arguments& arguments, Events& events);

  // Runs the golden inputs and says `verified`. Throws a GoldenMismatch.
  void verify();

  const Network& network() const { return network_; }
  Executor& executor() { return *executor_; }

 private:
  void say_loaded(std::int64_t load_ns, const char* backend) const;

  Events& events_;
  MappedFile file_;
  Network network_;
  std::unique_ptr<Executor> executor_;
};

}  // namespace cortado
