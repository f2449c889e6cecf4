#include "pool.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>

namespace recurra {
namespace {

struct Job {
  const std::function<void(int)>* work = nullptr;
  int pieces = 0;
  int helpers = 0;  // places left for helpers; guarded by the mutex of our own pool
  std::atomic<int> next{0};
  std::atomic<int> done{0};
  std::mutex mutex;
  std::condition_variable finished;
  std::exception_ptr error;

  void help() {
    for (int piece; (piece = next.fetch_add(1)) < pieces;) {
      try {
        (*work)(piece);
      } catch (...) {
        std::lock_guard<std::mutex> lock(mutex);
        if (!error) error = std::current_exception();
      }
      if (done.fetch_add(1) + 1 == pieces) {
        std::lock_guard<std::mutex> lock(mutex);
        finished.notify_all();
      }
    }
  }

  void wait() {
    std::unique_lock<std::mutex> lock(mutex);
    finished.wait(lock, [this] { return done.load() == pieces; });
    if (error) std::rethrow_exception(error);
  }
};

class Pool {
 public:
  void offer(const std::shared_ptr<Job>& job) {
    std::lock_guard<std::mutex> lock(mutex_);
    while (threads_ < job->helpers) {
      std::thread(&Pool::loop, this).detach();
      ++threads_;
    }
    jobs_.push_back(job);
    wake_.notify_all();
  }

 private:
  void loop() {
    for (;;) {
      std::shared_ptr<Job> job;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return !jobs_.empty(); });
        job = jobs_.front();
        if (--job->helpers <= 0 || job->next.load() >= job->pieces) jobs_.pop_front();
        if (job->next.load() >= job->pieces) continue;
      }
      job->help();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Job>> jobs_;
  int threads_ = 0;
};

// A forked child has none of its parent's threads; it starts a pool of its own. Pools are never
// destroyed: their threads may outlive static destructors.
Pool& pool() {
  static std::mutex mutex;
  static Pool* current = nullptr;
  static pid_t owner = 0;
  std::lock_guard<std::mutex> lock(mutex);
  if (current == nullptr || owner != getpid()) {
    current = new Pool;
    owner = getpid();
  }
  return *current;
}

}  // namespace

int processors() {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  const unsigned count = std::thread::hardware_concurrency();
  return count == 0 ? 1 : static_cast<int>(count);
}

void run_pieces(int pieces, const Threads& threads, const std::function<void(int)>& work) {
  int most = threads.lender == nullptr ? processors() : threads.lender->threads();
  if (threads.limit > 0) most = threads.limit;
  most = std::min(most, pieces);
  if (most <= 1) {
    for (int piece = 0; piece < pieces; ++piece) work(piece);
    return;
  }
  auto job = std::make_shared<Job>();
  job->work = &work;
  job->pieces = pieces;
  job->helpers = most - 1;
  if (threads.lender == nullptr) {
    pool().offer(job);
  } else {
    for (int i = 0; i < job->helpers; ++i) threads.lender->start([job] { job->help(); });
  }
  job->help();
  job->wait();
}

}  // namespace recurra
