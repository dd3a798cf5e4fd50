#include "agent_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace cortado::test {
namespace {

bool is_event(const std::string& line, const std::string& event) {
  return line.rfind("{\"event\":\"" + event + "\"", 0) == 0;
}

}  // namespace

std::string Heard::line(const std::string& event) const {
  for (const std::string& candidate : lines) {
    if (is_event(candidate, event)) return candidate;
  }
  return {};
}

int Heard::count(const std::string& event) const {
  int found = 0;
  for (const std::string& candidate : lines) found += is_event(candidate, event) ? 1 : 0;
  return found;
}

AgentProcess::AgentProcess(const std::vector<std::string>& words, const std::function<void()>& prepare) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) std::abort();
  pid_ = fork();
  if (pid_ == 0) {
    dup2(ends[1], STDOUT_FILENO);
    // What the agent tells people would only disturb the test's own output.
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    prepare();
    std::vector<char*> arguments = {const_cast<char*>(CORTADO_AGENT)};
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    execv(CORTADO_AGENT, arguments.data());
    _exit(127);
  }
  close(ends[1]);
  output_ = ends[0];
}

AgentProcess::~AgentProcess() {
  close_stdout();
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool AgentProcess::read_line(std::string& line) {
  while (true) {
    const std::size_t end = buffer_.find('\n');
    if (end != std::string::npos) {
      line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return true;
    }
    char chunk[4096];
    const ssize_t count = read(output_, chunk, sizeof chunk);
    if (count <= 0) return false;
    buffer_.append(chunk, static_cast<std::size_t>(count));
  }
}

void AgentProcess::close_stdout() {
  if (output_ >= 0) close(output_);
  output_ = -1;
}

Heard AgentProcess::wait() {
  Heard heard;
  int status = 0;
  for (int i = 0; i < 1000; ++i) {
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      if (WIFEXITED(status)) heard.exit_code = WEXITSTATUS(status);
      if (WIFSIGNALED(status)) heard.signal = WTERMSIG(status);
      return heard;
    }
    usleep(10000);
  }
  return heard;
}

Heard run_agent(const std::vector<std::string>& words, const std::function<void()>& prepare) {
  AgentProcess process(words, prepare);
  std::vector<std::string> lines;
  for (std::string line; process.read_line(line);) lines.push_back(line);
  Heard heard = process.wait();
  heard.lines = std::move(lines);
  return heard;
}

std::string field(const std::string& line, const std::string& key) {
  const std::size_t at = line.find("\"" + key + "\":");
  if (at == std::string::npos) return {};
  const std::size_t start = at + key.size() + 3;
  return line.substr(start, line.find_first_of(",}]", start) - start);
}

}  // namespace cortado::test
