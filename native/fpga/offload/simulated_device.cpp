#include "simulated_device.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "check_device.h"
#include "refusal.h"
#include "registers.h"

namespace cortado {
namespace {

constexpr std::uint32_t kMemoryBase = 0x10000000;
constexpr std::size_t kPage = 4096;
constexpr std::uint64_t kMostMemory = 0x70000000;
constexpr std::uint32_t kUsualLatency = 40;

[[noreturn]] void refuse_simulation(const std::string& what) {
  throw Refusal{"fpga.simulation", "The simulated accelerator " + what + ".",
                "Build it again: npm run fpga:simulator."};
}

std::string system_error() { return std::strerror(errno); }

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// The agent is static, and glibc loads no shared libraries into static programs: so the library is loaded by
// a process beside it. That process also keeps a defect of the model, or memory that it runs out of, from
// ending the agent. The memory is one file that both have mapped; registers go over a socket, and there are
// few dozen accesses an inference.
class Simulator {
 public:
  Simulator(const std::string& program, const std::vector<std::string>& words, int memory) {
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
      refuse_simulation("cannot be reached: " + system_error());
    std::vector<char*> arguments{const_cast<char*>(program.c_str())};
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    child_ = fork();
    if (child_ == 0) become(program.c_str(), arguments.data(), sockets[1], memory);
    close(sockets[1]);
    socket_ = sockets[0];
    if (child_ < 0) refuse_simulation("cannot be started: " + system_error());
  }
  ~Simulator() {
    if (socket_ >= 0) close(socket_);
    if (child_ <= 0) return;
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  // The line that answers a request.
  std::string ask(const std::string& request) {
    const std::string line = request + '\n';
    if (send(socket_, line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size())) ended();
    std::string reply;
    for (char c = 0;;) {
      const ssize_t count = read(socket_, &c, 1);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) ended();
      if (c == '\n') return reply;
      reply += c;
    }
  }

 private:
  // Between fork and exec: system calls alone.
  [[noreturn]] static void become(const char* program, char** arguments, int socket, int memory) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const bool ready =
        dup2(socket, STDIN_FILENO) >= 0 && dup2(socket, STDOUT_FILENO) >= 0 && fcntl(memory, F_SETFD, 0) == 0;
    if (ready) execv(program, arguments);
    _exit(127);
  }

  [[noreturn]] static void ended() { refuse_simulation("ended before it was done"); }

  pid_t child_ = -1;
  int socket_ = -1;
};

class SimulatedMemory final : public SharedMemory {
 public:
  SimulatedMemory(std::uint8_t* data, std::size_t bytes, std::uint32_t address)
      : data_(data), bytes_(bytes), address_(address) {}
  std::uint8_t* data() override { return data_; }
  std::size_t bytes() const override { return bytes_; }
  std::uint32_t physical_address() const override { return address_; }
  // Both processes have the same pages mapped.
  void sync_for_device(std::size_t, std::size_t) override {}
  void sync_for_cpu(std::size_t, std::size_t) override {}

 private:
  std::uint8_t* data_;
  std::size_t bytes_;
  std::uint32_t address_;
};

std::size_t memory_for(const DeviceRequirements& requirements) {
  const std::uint64_t bytes = (requirements.shared_bytes + kPage - 1) / kPage * kPage;
  if (bytes == 0 || bytes > kMostMemory) {
    throw Refusal{"fpga.memory",
                  "The package needs " + std::to_string(requirements.shared_bytes) +
                      " bytes of memory that accelerator and processor share.",
                  "Use a smaller network."};
  }
  return static_cast<std::size_t>(bytes);
}

class SimulatedDevice final : public AcceleratorDevice {
 public:
  SimulatedDevice(DeviceDescription description, const SimulationOptions& options, std::size_t bytes)
      : description_(std::move(description)),
        bytes_(bytes),
        file_(memfd_create("cortado-fpga-memory", MFD_CLOEXEC)) {
    if (file_.get() < 0 || ftruncate(file_.get(), static_cast<off_t>(bytes_)) != 0)
      refuse_simulation("has no memory: " + system_error());
    void* mapped = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
    if (mapped == MAP_FAILED) refuse_simulation("has no memory: " + system_error());
    memory_ = static_cast<std::uint8_t*>(mapped);
    char rate[32];
    std::snprintf(rate, sizeof rate, "%.9g",
                  static_cast<double>(description_.memory_bytes_per_second) /
                      static_cast<double>(description_.clock_hz));
    simulator_ = std::make_unique<Simulator>(
        options.folder + "/cortado-fpga-simulator",
        std::vector<std::string>{options.folder + "/libcortado_fpga_" + description_.part + ".so",
                                 std::to_string(file_.get()), std::to_string(bytes_),
                                 std::to_string(kMemoryBase), rate,
                                 std::to_string(description_.memory_latency_cycles)},
        file_.get());
  }
  ~SimulatedDevice() override { munmap(memory_, bytes_); }

  const DeviceDescription& description() const override { return description_; }

  std::uint32_t read(std::uint32_t offset) override {
    return static_cast<std::uint32_t>(
        std::strtoul(simulator_->ask("read " + std::to_string(offset)).c_str(), nullptr, 10));
  }

  void write(std::uint32_t offset, std::uint32_t value) override {
    simulator_->ask("write " + std::to_string(offset) + ' ' + std::to_string(value));
  }

  std::unique_ptr<SharedMemory> allocate(std::size_t bytes) override {
    const std::size_t begin = taken_;
    if (bytes > bytes_ - begin) {
      throw Refusal{"fpga.memory", "The simulated accelerator has less shared memory than was asked for.",
                    "Report this as a defect."};
    }
    taken_ += (bytes + kPage - 1) / kPage * kPage;
    return std::make_unique<SimulatedMemory>(memory_ + begin, bytes,
                                             kMemoryBase + static_cast<std::uint32_t>(begin));
  }

  bool wait_for_interrupt(std::chrono::milliseconds limit) override {
    const std::uint64_t cycles = static_cast<std::uint64_t>(limit.count()) * (description_.clock_hz / 1000);
    const std::string reply = simulator_->ask("wait " + std::to_string(cycles));
    if (reply.size() > 2) refuse_simulation("broke a rule of its memory ports: " + reply.substr(2));
    return reply[0] == '1';
  }

 private:
  DeviceDescription description_;
  std::size_t bytes_;
  std::size_t taken_ = 0;
  FileDescriptor file_;
  std::uint8_t* memory_ = nullptr;
  std::unique_ptr<Simulator> simulator_;
};

bool runs(const std::string& path) { return access(path.c_str(), X_OK) == 0; }

}  // namespace

std::unique_ptr<AcceleratorDevice> open_simulated_device(const DeviceRequirements& requirements,
                                                         const SimulationOptions& options) {
  DeviceDescription description;
  description.part = options.part.empty() ? requirements.part : options.part;
  description.name = "Verilated " + description.part;
  description.simulated = true;
  description.clock_hz = options.clock_hz != 0 ? options.clock_hz : requirements.clock_hz;
  description.memory_bytes_per_second = options.memory_bytes_per_second != 0
                                            ? options.memory_bytes_per_second
                                            : requirements.memory_bytes_per_second;
  description.memory_latency_cycles =
      options.memory_latency_cycles != 0 ? options.memory_latency_cycles : kUsualLatency;
  require_part(requirements, description.part);
  if (!runs(options.folder + "/cortado-fpga-simulator") ||
      access((options.folder + "/libcortado_fpga_" + description.part + ".so").c_str(), R_OK) != 0) {
    throw Refusal{"fpga.simulation",
                  "There is no simulation of " + description.part + " in " + options.folder + ".",
                  "Build it: npm run fpga:simulator."};
  }
  auto device = std::make_unique<SimulatedDevice>(std::move(description), options, memory_for(requirements));
  require_accelerator(*device, requirements);
  return device;
}

}  // namespace cortado
