// Runs the agent as a process and hears what it says.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace cortado::test {

struct Heard {
  int exit_code = -1;  // or
  int signal = 0;      // that ended it
  std::vector<std::string> lines;

  // The first line with the event, or an empty string.
  std::string line(const std::string& event) const;
  int count(const std::string& event) const;
};

// `prepare` runs in the child before the agent does.
Heard run_agent(
    const std::vector<std::string>& words, const std::function<void()>& prepare = [] {});

// A running agent whose stdout can be closed.
class AgentProcess {
 public:
  explicit AgentProcess(
      const std::vector<std::string>& words, const std::function<void()>& prepare = [] {});
  ~AgentProcess();
  AgentProcess(const AgentProcess&) = delete;
  AgentProcess& operator=(const AgentProcess&) = delete;

  pid_t pid() const { return pid_; }
  // Blocks for the next line; false at the end.
  bool read_line(std::string& line);
  void close_stdout();
  // Waits for its end, at most some seconds, after which it is killed and the result says so.
  Heard wait();

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string buffer_;
};

// The text behind "key": up to the next comma or closing bracket.
std::string field(const std::string& line, const std::string& key);

}  // namespace cortado::test
