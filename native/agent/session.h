// A package, loaded and verified.
#pragma once

#include <memory>

#include "accelerator.h"
#include "arguments.h"
#include "events.h"
#include "executor.h"
#include "measure.h"
#include "network.h"
#include "package/mapped_file.h"

namespace cortado {

class Session {
 public:
  // Says `loading`, `loaded`, and `fallback` where the package's accelerator is not there. Throws a Refusal.
  Session(const Arguments& arguments, Events& events);

  // Runs the golden inputs and says `verified`. Throws a GoldenMismatch.
  void verify();

  const Network& network() const { return network_; }
  Executor& executor() { return *executor_; }
  Measured measured() { return {*executor_, accelerator_.get()}; }

 private:
  void open_accelerator(const Arguments& arguments);
  void say_loaded(std::int64_t load_ns, const char* backend) const;
  Json accelerator_part() const;

  Events& events_;
  MappedFile file_;
  Network network_;
  std::unique_ptr<AcceleratorDevice> device_;
  std::unique_ptr<Accelerator> accelerator_;
  std::unique_ptr<Executor> executor_;
};

}  // namespace cortado
