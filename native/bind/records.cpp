#include "records.h"

#include <cstdlib>
#include <new>
#include <random>

#include "pages.h"

namespace {

constexpr std::size_t kLargePage = std::size_t{1} << 21;

std::size_t bytes_of(std::size_t floats) {
  const std::size_t step = floats * sizeof(float) < kLargePage ? 64 : kLargePage;
  return (floats * sizeof(float) + step - 1) / step * step;
}

float* allocate(std::size_t bytes) {
  void* data = std::aligned_alloc(bytes < kLargePage ? 64 : kLargePage, bytes);
  if (data == nullptr) throw std::bad_alloc();
  want_large_pages(data, bytes);
  return static_cast<float*>(data);
}

}  // namespace

Records::Hold::~Hold() {
  if (entry_ != nullptr) records_.close(entry_);
}
float* Records::Hold::data() const { return entry_ == nullptr ? nullptr : entry_->data; }
Records::Ticket Records::Hold::ticket() const { return entry_->ticket; }

// Tickets of another process mean nothing here: they start at a random number.
Records::Records(std::size_t limit_bytes) : limit_(limit_bytes) {
  std::random_device random;
  next_ = (Ticket{random()} << 32) ^ random();
}

Records::~Records() {
  for (const Entry& entry : entries_) std::free(entry.data);
}

// Never destroyed: programs may still run while the process ends.
Records& Records::shared() {
  static Records* records = new Records(std::size_t{1} << 30);
  return *records;
}

std::size_t Records::bytes() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return bytes_;
}

void Records::limit(std::size_t bytes) {
  std::lock_guard<std::mutex> lock(mutex_);
  limit_ = bytes;
  make_room(0);
}

Records::Hold Records::open(std::size_t floats) {
  std::lock_guard<std::mutex> lock(mutex_);
  Entry* entry = reusable(floats);
  if (entry == nullptr) {
    drop_outgrown(floats);
    const std::size_t bytes = bytes_of(floats + 1);
    make_room(bytes);
    entries_.push_back({allocate(bytes), bytes / sizeof(float), 0, 0, 0, 0, false});
    bytes_ += bytes;
    entry = &entries_.back();
  }
  entry->floats = floats;
  entry->ticket = next_++;
  entry->touched = ++clock_;
  entry->holds = 1;
  entry->read = false;
  return {*this, entry};
}

Records::Hold Records::find(Ticket ticket, std::size_t floats) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (Entry& entry : entries_) {
    if (entry.ticket != ticket || entry.floats != floats) continue;
    ++entry.holds;
    entry.read = true;
    return {*this, &entry};
  }
  return {*this, nullptr};
}

// The record that was read longest ago, of about the size that is wanted.
Records::Entry* Records::reusable(std::size_t floats) {
  Entry* best = nullptr;
  for (Entry& entry : entries_) {
    if (!entry.read || entry.holds > 0) continue;
    if (entry.capacity < floats || entry.capacity / 2 > floats) continue;
    if (best == nullptr || entry.touched < best->touched) best = &entry;
  }
  return best;
}

// Batches of growing length must not leave a record of every size behind.
void Records::drop_outgrown(std::size_t floats) {
  auto oldest = entries_.end();
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    const bool outgrown = entry->capacity < floats && entry->capacity >= floats / 2;
    if (!outgrown || !entry->read || entry->holds > 0) continue;
    if (oldest == entries_.end() || entry->touched < oldest->touched) oldest = entry;
  }
  if (oldest != entries_.end()) drop(oldest);
}

void Records::drop(std::list<Entry>::iterator entry) {
  bytes_ -= entry->capacity * sizeof(float);
  std::free(entry->data);
  entries_.erase(entry);
}

// Gives memory back until `bytes` more fit: what was read first, then what never was, the oldest of
// each.
void Records::make_room(std::size_t bytes) {
  while (bytes_ + bytes > limit_) {
    auto oldest = entries_.end();
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      if (entry->holds > 0) continue;
      const bool better = oldest == entries_.end() || (entry->read && !oldest->read) ||
                          (entry->read == oldest->read && entry->touched < oldest->touched);
      if (better) oldest = entry;
    }
    if (oldest == entries_.end()) return;
    drop(oldest);
  }
}

void Records::close(Entry* entry) {
  std::lock_guard<std::mutex> lock(mutex_);
  --entry->holds;
  entry->touched = ++clock_;
}
