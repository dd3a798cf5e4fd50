#pragma once

#include <dirent.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace cortado::test {

// A folder for one test, removed with the files in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    const char* base = std::getenv("TMPDIR");
    path_ = std::string(base == nullptr ? "/tmp" : base) + "/cortado-test-XXXXXX";
    if (mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~TemporaryFolder() {
    for (const std::string& name : names()) std::remove(file(name).c_str());
    rmdir(path_.c_str());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string file(const std::string& name) const { return path_ + "/" + name; }

  void write(const std::string& name, const std::string& bytes) const {
    std::FILE* to = std::fopen(file(name).c_str(), "wb");
    std::fwrite(bytes.data(), 1, bytes.size(), to);
    std::fclose(to);
  }

  std::string names_text() const {
    std::string text;
    for (const std::string& name : names()) text += name + " ";
    return text;
  }

 private:
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    DIR* folder = opendir(path_.c_str());
    while (const dirent* entry = readdir(folder)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    closedir(folder);
    return names;
  }

  std::string path_;
};

}  // namespace cortado::test
