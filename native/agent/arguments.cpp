#include "arguments.h"

#include <cstdlib>

#include "refusal.h"

namespace cortado {
namespace {

constexpr int kMaxThreads = 256;
constexpr int kMaxIterations = 1000000;

[[noreturn]] void refuse_usage(const std::string& message) {
  throw Refusal{"usage", message,
                "Call: cortado-agent --version | probe | verify PACKAGE | run PACKAGE, with the options of "
                "its protocol."};
}

class Words {
 public:
  explicit Words(const std::vector<std::string>& words) : words_(words) {}
  bool empty() const { return at_ == words_.size(); }
  const std::string& next() { return words_[at_++]; }
  const std::string& value_of(const std::string& option) {
    if (empty()) refuse_usage("The option " + option + " needs a value.");
    return next();
  }
  int number_of(const std::string& option, int least, int most) {
    const std::string& text = value_of(option);
    char* end = nullptr;
    const long value = std::strtol(text.c_str(), &end, 10);
    if (text.empty() || *end != '\0' || value < least || value > most) {
      refuse_usage("The option " + option + " takes a number from " + std::to_string(least) + " to " +
                   std::to_string(most) + ", not \"" + text + "\".");
    }
    return static_cast<int>(value);
  }

 private:
  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
};

Command parse_command(const std::string& word) {
  if (word == "--version") return Command::kVersion;
  if (word == "probe") return Command::kProbe;
  if (word == "verify") return Command::kVerify;
  if (word == "run") return Command::kRun;
  refuse_usage("\"" + word + "\" is not a command.");
}

Backend parse_backend(const std::string& word) {
  if (word == "auto") return Backend::kAuto;
  if (word == "reference") return Backend::kReference;
  if (word == "neon") return Backend::kNeon;
  if (word == "fpga") return Backend::kFpga;
  refuse_usage("\"" + word + "\" is not a backend: auto, reference, neon or fpga.");
}

// Options of `run` alone.
bool parse_run_option(const std::string& word, Words& words, Arguments& arguments) {
  if (word == "--warmup") {
    arguments.warmup = words.number_of(word, 0, kMaxIterations);
  } else if (word == "--iterations") {
    arguments.iterations = words.number_of(word, 0, kMaxIterations);
  } else if (word == "--input") {
    arguments.inputs.push_back(words.value_of(word));
  } else if (word == "--output") {
    arguments.outputs.push_back(words.value_of(word));
  } else if (word == "--input-list") {
    arguments.input_list = words.value_of(word);
  } else if (word == "--profile") {
    arguments.profile = true;
  } else {
    return false;
  }
  return true;
}

}  // namespace

Arguments parse_arguments(const std::vector<std::string>& list) {
  Words words(list);
  if (words.empty()) refuse_usage("There is no command.");
  Arguments arguments;
  arguments.command = parse_command(words.next());
  const bool with_package = arguments.command == Command::kVerify || arguments.command == Command::kRun;
  while (!words.empty()) {
    const std::string& word = words.next();
    if (with_package && word == "--backend") {
      arguments.backend = parse_backend(words.value_of(word));
    } else if (with_package && word == "--threads") {
      arguments.threads = words.number_of(word, 1, kMaxThreads);
    } else if (with_package && word == "--bitstream") {
      arguments.bitstream = words.value_of(word);
    } else if (arguments.command == Command::kRun && parse_run_option(word, words, arguments)) {
      continue;
    } else if (with_package && arguments.package.empty() && word.rfind("--", 0) != 0) {
      arguments.package = word;
    } else {
      refuse_usage("\"" + word + "\" is not expected here.");
    }
  }
  if (with_package && arguments.package.empty()) refuse_usage("There is no package.");
  if (!arguments.input_list.empty() && !(arguments.inputs.empty() && arguments.outputs.empty())) {
    refuse_usage("--input-list names inputs and outputs itself: leave --input and --output out.");
  }
  return arguments;
}

}  // namespace cortado
