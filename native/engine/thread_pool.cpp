#include "thread_pool.h"

#include <algorithm>

namespace cortado {

ThreadPool::ThreadPool(int threads) {
  for (int i = 1; i < threads; ++i) workers_.emplace_back([this, i] { serve(i); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  started_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::run(std::int32_t items, const Work& work) {
  if (workers_.empty() || items <= 1) {
    if (items > 0) work(0, items, 0);
    return;
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    work_ = &work;
    items_ = items;
    // A few pieces for each thread, so that slow cores do not keep the others waiting.
    chunk_ = std::max(1, items / (threads() * 4));
    next_ = 0;
    busy_ = static_cast<int>(workers_.size());
    ++round_;
  }
  started_.notify_all();
  take_items(0);
  std::unique_lock<std::mutex> lock(mutex_);
  finished_.wait(lock, [this] { return busy_ == 0; });
}

void ThreadPool::serve(int thread) {
  std::uint64_t seen = 0;
  while (true) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      started_.wait(lock, [&] { return stopping_ || round_ != seen; });
      if (stopping_) return;
      seen = round_;
    }
    take_items(thread);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (--busy_ == 0) finished_.notify_one();
  }
}

void ThreadPool::take_items(int thread) {
  while (true) {
    // Compared before it is added to: near the limit of 32 bits the sum would overflow.
    std::int32_t begin = next_.load(std::memory_order_relaxed);
    do {
      if (begin >= items_) return;
    } while (!next_.compare_exchange_weak(begin, begin + std::min(chunk_, items_ - begin),
                                          std::memory_order_relaxed));
    (*work_)(begin, begin + std::min(chunk_, items_ - begin), thread);
  }
}

}  // namespace cortado
