#include "events.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

namespace cortado {
namespace {

// What a process with an Events of its own writes to stdout while `speak` runs.
template <typename Speak>
std::string heard_from(const Speak& speak) {
  int ends[2];
  if (pipe(ends) != 0) return {};
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    {
      Events events;
      speak(events);
    }
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  char chunk[4096];
  for (ssize_t count = 0; (count = read(ends[0], chunk, sizeof chunk)) > 0;) {
    text.append(chunk, static_cast<std::size_t>(count));
  }
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return text;
}

TEST(Events, WritesOneObjectALine) {
  const std::string text = heard_from([](Events& events) {
    events.emit(event("loading").add("bytes", 12));
    events.emit(event("odd").add("name", "a\nb"));
  });
  EXPECT_EQ(text, "{\"event\":\"loading\",\"bytes\":12}\n{\"event\":\"odd\",\"name\":\"a\\u000ab\"}\n");
}

TEST(Events, IsNeverSilentForLong) {
  const std::string text = heard_from([](Events& events) {
    events.set_stage("thinking");
    usleep(2000000);
  });
  EXPECT_EQ(text.rfind("{\"event\":\"alive\",\"stage\":\"thinking\"}\n", 0), 0U) << text;
}

}  // namespace
}  // namespace cortado
