#include "events.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace cortado {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kWatchInterval{250};
constexpr milliseconds kLongestSilence{1250};

[[noreturn]] void end_unheard() { _exit(1); }

bool nobody_listens() {
  pollfd output{STDOUT_FILENO, 0, 0};
  return poll(&output, 1, 0) > 0 && (output.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
}

}  // namespace

JsonObject event(const char* name) {
  JsonObject object;
  object.add("event", name);
  return object;
}

Events::Events() : last_(std::chrono::steady_clock::now()), watcher_([this] { watch(); }) {}

Events::~Events() {
  {
    const std::lock_guard<std::mutex> lock(stopping_mutex_);
    stopping_ = true;
  }
  stopping_changed_.notify_all();
  watcher_.join();
}

void Events::emit(const JsonObject& object) {
  const std::lock_guard<std::mutex> lock(writing_);
  write_line(object);
}

void Events::write_line(const JsonObject& object) {
  const std::string line = object.done().text + '\n';
  for (std::size_t written = 0; written < line.size();) {
    const ssize_t count = write(STDOUT_FILENO, line.data() + written, line.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) end_unheard();
    written += static_cast<std::size_t>(count);
  }
  last_ = std::chrono::steady_clock::now();
}

void Events::watch() {
  std::unique_lock<std::mutex> lock(stopping_mutex_);
  while (!stopping_changed_.wait_for(lock, kWatchInterval, [this] { return stopping_; })) {
    if (nobody_listens()) end_unheard();
    // Where a line is being written there is no silence.
    const std::unique_lock<std::mutex> writing(writing_, std::try_to_lock);
    if (writing.owns_lock() && std::chrono::steady_clock::now() - last_ >= kLongestSilence) {
      write_line(event("alive").add("stage", stage_.load()));
    }
  }
}

}  // namespace cortado
