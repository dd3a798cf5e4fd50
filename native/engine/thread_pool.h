#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace cortado {

// Splits work over a fixed number of threads, the caller's among them.
class ThreadPool {
 public:
  // Computes items [begin, end) on the thread with this number, 0 to threads() - 1.
  using Work = std::function<void(std::int32_t begin, std::int32_t end, int thread)>;

  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // Returns when all items are done. Not to be called by two threads at once. `work` must not throw.
  void run(std::int32_t items, const Work& work);

 private:
  void serve(int thread);
  void take_items(int thread);

  std::vector<std::thread> workers_;
  std::mutex mutex_;
  std::condition_variable started_, finished_;
  std::uint64_t round_ = 0;  // grows with each run()
  int busy_ = 0;
  bool stopping_ = false;

  const Work* work_ = nullptr;
  std::int32_t items_ = 0, chunk_ = 1;
  std::atomic<std::int32_t> next_{0};
};

}  // namespace cortado
