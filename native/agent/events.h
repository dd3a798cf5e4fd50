// The agent's voice: one JSON object a line on stdout (docs/agent-protocol.md).
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "json.h"

namespace cortado {

// An object that starts with its event's name.
JsonObject event(const char* name);

// Writes events, and says `alive` where nothing else was said for a while. The process ends at once when
// nobody listens any more: the board must not go on computing for a connection that is gone.
class Events {
 public:
  Events();
  ~Events();
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;

  void emit(const JsonObject& object);

  // What `alive` says from now on; a string that lives as long as the program.
  void set_stage(const char* stage) { stage_ = stage; }

 private:
  void watch();
  void write_line(const JsonObject& object);

  std::mutex writing_;
  std::chrono::steady_clock::time_point last_;
  std::atomic<const char*> stage_{"starting"};
  std::mutex stopping_mutex_;
  std::condition_variable stopping_changed_;
  bool stopping_ = false;
  std::thread watcher_;
};

}  // namespace cortado
